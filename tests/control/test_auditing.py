"""An auditor lists, exports with proofs, and verifies; what is wrong in the database is named."""

from dataclasses import replace

import pytest

from router.adapters.crypto.notes import is_signature
from router.control.audit.anchors import Note, Trust
from router.control.audit.checkpoint import checkpoint_note
from router.control.audit.findings import Fault
from router.control.audit.note import verifier_key
from router.control.audit.offline import verified_export
from router.control.audit.tree import from_head
from router.control.auditing import AuditControl
from router.core.model.alert import TenantId
from router.errors import OperationError
from tests.control.audit.builders import a_key, a_log, head_of
from tests.fakes.audit import FakeAuditLog

ROWS, HEAD = a_log(12)
KEY = a_key()
TRUST = Trust([verifier_key(KEY)], is_signature)


def note_of(size: int) -> str:
    return checkpoint_note(from_head(head_of(ROWS[:size])), KEY)


@pytest.fixture
def log() -> FakeAuditLog:
    log = FakeAuditLog(ROWS, HEAD)
    log.notes = {5: note_of(5), 10: note_of(10)}
    return log


async def test_the_newest_come_first_a_page_at_a_time(log: FakeAuditLog) -> None:
    control = AuditControl(log)
    first = await control.newest(TenantId("acme"), None, 4)
    second = await control.newest(TenantId("acme"), first[-1].seq, 4)

    assert [row.seq for row in (*first, *second)] == [10, 8, 6, 4, 2, 0]


@pytest.mark.parametrize(("tenant", "count"), [(None, 10), ("acme", 5)])
async def test_an_export_is_verified_without_the_database(log: FakeAuditLog, tenant: str | None, count: int) -> None:
    async with AuditControl(log).export(None if tenant is None else TenantId(tenant)) as export:
        lines = [str(one) async for one in export.entries]
    report = verified_export(lines, Note(export.checkpoint, "x"), [Note(note_of(5), "kept")], TRUST)

    assert (len(lines), export.size, report.findings) == (count, 10, ())


async def test_without_a_checkpoint_nothing_can_be_proven(log: FakeAuditLog) -> None:
    log.notes = {}
    with pytest.raises(OperationError, match="no checkpoint"):
        async with AuditControl(log).export(None):
            pass


async def test_a_checkpoint_that_is_not_one_or_of_more_entries_proves_nothing(log: FakeAuditLog) -> None:
    log.notes[11] = "nonsense"
    with pytest.raises(OperationError, match="is not one"):
        async with AuditControl(log).export(None):
            pass
    del log.notes[11]
    log.stored = log.stored[:7]
    with pytest.raises(OperationError, match="there are 7 entries"):
        async with AuditControl(log).export(None):
            pass


async def test_a_log_as_it_was_written_is_good(log: FakeAuditLog) -> None:
    report = await AuditControl(log).verified([Note(note_of(8), "kept")], TRUST)

    assert (report.findings, report.entries, report.covered, report.checkpoints) == ((), 12, 10, 3)


async def test_what_was_done_to_the_database_is_named(log: FakeAuditLog) -> None:
    log.stored[3] = replace(log.stored[3], entry=log.stored[3].entry.replace(b"on call", b"at home"))
    log.notes[5] = log.notes[5].replace("\n5\n", "\n4\n")
    report = await AuditControl(log).verified([], TRUST)

    assert [one.fault for one in report.findings] == [Fault.CHECKPOINT, Fault.CHANGED]
