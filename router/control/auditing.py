"""What an auditor may ask of the log: its newest entries, an export with proofs, and whether it is as written."""

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from router.control.audit.anchors import Note, Trust
from router.control.audit.checkpoint import Checkpoint
from router.control.audit.exporting import Proven
from router.control.audit.findings import Report
from router.control.audit.proofs import Hashes
from router.control.audit.verifying import Verification
from router.core.model.alert import TenantId
from router.errors import OperationError
from router.ports.audit import AuditLog, AuditRow, AuditSnapshot


@dataclass(frozen=True, slots=True)
class Export:
    """A checkpoint, and the entries that it covers with their proofs, oldest first."""

    checkpoint: str
    size: int
    entries: AsyncIterator[Proven]


@dataclass(frozen=True, slots=True)
class AuditControl:
    """The audit log, for whoever reads it."""

    log: AuditLog

    async def newest(self, tenant: TenantId | None, before: int | None, limit: int) -> Sequence[AuditRow]:
        """The newest rows, newest first."""
        async with self.log.snapshot() as snapshot:
            return await snapshot.newest(tenant, before, limit)

    async def verified(self, kept: Iterable[Note], trust: Trust) -> Report:
        """Whether the log is what was written: by its own checkpoints and by those that were `kept` elsewhere."""
        async with self.log.snapshot() as snapshot:
            own = [Note(text, "of the database") for text in await snapshot.checkpoints()]
            anchors, findings = trust.sorted_out([*own, *kept])
            verification = Verification(anchors)
            async for row in snapshot.rows():
                verification.take(row)
            report = verification.report(await snapshot.head())
        return Report(report.entries, report.covered, report.checkpoints, (*findings, *report.findings))

    @asynccontextmanager
    async def export(self, tenant: TenantId | None) -> AsyncIterator[Export]:
        """The entries that the newest checkpoint covers, all or one tenant's.

        Raises:
            OperationError: there is no checkpoint, or fewer entries than it was signed for.
        """
        async with self.log.snapshot() as snapshot:
            note = await _newest_checkpoint(snapshot)
            hashes = Hashes([leaf async for leaf in snapshot.leaves()])
            size = _size_of(note)
            if size > hashes.size:
                raise OperationError(f"there are {hashes.size} entries and a checkpoint of {size}", "audit verify")
            yield Export(note, size, _proven(snapshot.rows(tenant), hashes, size))


async def _newest_checkpoint(snapshot: AuditSnapshot) -> str:
    note = await snapshot.last_checkpoint()
    if note is None:
        remedy = "`alert-router audit checkpoint` makes one"
        raise OperationError("there is no checkpoint to prove entries by", remedy)
    return note


def _size_of(note: str) -> int:
    """Of a checkpoint that was read from the table; whoever verifies it judges the rest."""
    checkpoint = Checkpoint.parse(note)
    if checkpoint is None:
        raise OperationError("the newest checkpoint is not one", "alert-router audit verify")
    return checkpoint.size


async def _proven(rows: AsyncIterator[AuditRow], hashes: Hashes, size: int) -> AsyncIterator[Proven]:
    async for row in rows:
        if row.seq < size:
            yield Proven(row.seq, row.entry, hashes.inclusion(row.seq, size))
