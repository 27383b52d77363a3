"""The audit log in memory; a test changes its rows as who has the database could."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from router.core.model.alert import TenantId
from router.core.model.instant import Span
from router.ports.audit import AuditHead, AuditRow


class FakeAuditLog:
    """An `AuditLog` and its one snapshot."""

    def __init__(self, rows: Sequence[AuditRow] = (), head: AuditHead | None = None) -> None:
        self.stored = list(rows)
        self.edge = head or AuditHead(0, b"")
        self.notes: dict[int, str] = {}

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator["FakeAuditLog"]:
        yield self

    async def keep(self, size: int, note: str) -> bool:
        return self.notes.setdefault(size, note) is note

    async def head(self) -> AuditHead:
        return self.edge

    async def rows(self, tenant: TenantId | None = None) -> AsyncIterator[AuditRow]:
        for row in self.stored:
            if tenant is None or row.tenant == tenant:
                yield row

    async def leaves(self, since: int = 0) -> AsyncIterator[bytes]:
        for row in self.stored[since:]:
            yield row.leaf

    async def newest(self, tenant: TenantId | None, before: int | None, limit: int) -> list[AuditRow]:
        wanted = [row for row in self.stored if tenant is None or row.tenant == tenant]
        return [row for row in reversed(wanted) if before is None or row.seq < before][:limit]

    async def checkpoints(self) -> list[str]:
        return [self.notes[size] for size in sorted(self.notes)]

    async def last_checkpoint(self) -> str | None:
        return self.notes[max(self.notes)] if self.notes else None

    async def unsigned_for(self) -> Span:
        return Span(0)
