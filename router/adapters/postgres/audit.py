"""The audit log in PostgreSQL: appended to within the transaction of the change, and read as of one moment.

The row of `audit_head` is there from the beginning, and is locked before anything else of a change. So writers stand
in a line, no two entries get one place, and no two changes wait for each other in turn.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Select, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from router.adapters.postgres.scope import transaction
from router.adapters.postgres.tables import AUDIT, AUDIT_HEAD, CHECKPOINT
from router.core.model.alert import TenantId
from router.core.model.instant import Span, from_datetime, to_datetime
from router.ports.audit import Append, AuditHead, AuditRow, Entry

_PAGE: Final = 500
_AnyRow = Any
"""A row of whichever columns were asked for."""
_HEAD: Final = select(AUDIT_HEAD.c.size, AUDIT_HEAD.c.edge)
_ROWS: Final = select(AUDIT.c.seq, AUDIT.c.entry, AUDIT.c.leaf, AUDIT.c.tenant, AUDIT.c.at)
_NOW: Final = select(func.clock_timestamp())
_COVERED: Final = select(func.coalesce(func.max(CHECKPOINT.c.size), 0)).scalar_subquery()
_UNSIGNED: Final = select(func.clock_timestamp() - AUDIT.c.at).where(AUDIT.c.seq == _COVERED)


async def append_entry(connection: AsyncConnection, append: Append, entry: Entry) -> AuditRow:
    """Append an entry within a transaction, before anything else is done in it; it is there when that commits.

    Raises:
        DBAPIError: PostgreSQL does not answer, or refuses.
        ValueError: the stored head is not the edge of a tree of its size.
    """
    size, edge = (await connection.execute(_HEAD.with_for_update())).one()
    now: datetime = (await connection.execute(_NOW)).scalar_one()
    row, head = append(AuditHead(size, bytes(edge)), entry, from_datetime(now))
    await connection.execute(
        AUDIT.insert().values(seq=row.seq, entry=row.entry, leaf=row.leaf, tenant=row.tenant, at=to_datetime(row.at))
    )
    await connection.execute(AUDIT_HEAD.update().values(size=head.size, edge=head.edge))
    return row


class StoredAudit:
    """The audit log, for a login that may read all of it."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._still = engine.execution_options(isolation_level="REPEATABLE READ")

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator["StoredSnapshot"]:
        """What it holds now.

        Raises:
            UnavailableError: PostgreSQL does not answer, or refuses.
        """
        async with transaction(self._still) as connection:
            yield StoredSnapshot(connection)

    async def keep(self, size: int, note: str) -> bool:
        """Store the checkpoint of so many entries; False if there is one.

        Raises:
            UnavailableError: PostgreSQL does not answer, or refuses.
        """
        kept = insert(CHECKPOINT).values(size=size, note=note).on_conflict_do_nothing().returning(CHECKPOINT.c.size)
        async with transaction(self._engine) as connection:
            return (await connection.execute(kept)).scalar_one_or_none() is not None

    async def unsigned_for(self) -> Span:
        """For how long the oldest entry has stood there that no checkpoint covers, by PostgreSQL's clock.

        Raises:
            UnavailableError: PostgreSQL does not answer, or refuses.
        """
        async with transaction(self._engine) as connection:
            waited: timedelta | None = (await connection.execute(_UNSIGNED)).scalar_one_or_none()
        return Span(0 if waited is None else waited // timedelta(microseconds=1))


class StoredSnapshot:
    """The log as it was at one moment."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def head(self) -> AuditHead:
        """How many entries there are, and the edge of their tree."""
        size, edge = (await self._connection.execute(_HEAD)).one()
        return AuditHead(size, bytes(edge))

    async def rows(self, tenant: TenantId | None = None) -> AsyncIterator[AuditRow]:
        """All rows, or those of one tenant, oldest first."""
        wanted = _ROWS if tenant is None else _ROWS.where(AUDIT.c.tenant == tenant)
        async for one in self._pages(wanted):
            yield _row(one)

    async def leaves(self, since: int = 0) -> AsyncIterator[bytes]:
        """The leaves of all rows from this place on, oldest first."""
        async for one in self._pages(select(AUDIT.c.seq, AUDIT.c.leaf), since):
            yield bytes(one.leaf)

    async def newest(self, tenant: TenantId | None, before: int | None, limit: int) -> list[AuditRow]:
        """The newest rows, or those of one tenant, newest first; only those before a place, where one is given."""
        wanted = _ROWS.order_by(AUDIT.c.seq.desc()).limit(limit)
        wanted = wanted if tenant is None else wanted.where(AUDIT.c.tenant == tenant)
        wanted = wanted if before is None else wanted.where(AUDIT.c.seq < before)
        found = await self._connection.execute(wanted)
        return [_row(one) for one in found]

    async def checkpoints(self) -> list[str]:
        """The notes of all checkpoints, oldest first."""
        notes = await self._connection.execute(select(CHECKPOINT.c.note).order_by(CHECKPOINT.c.size))
        return list(notes.scalars())

    async def last_checkpoint(self) -> str | None:
        """The note of the one that covers most entries; None where there is none."""
        newest = select(CHECKPOINT.c.note).order_by(CHECKPOINT.c.size.desc()).limit(1)
        return (await self._connection.execute(newest)).scalar_one_or_none()

    async def _pages(self, wanted: Select[Any], since: int = 0) -> AsyncIterator[_AnyRow]:
        """By the place of the row before, so that no page costs more than the first."""
        last = since - 1
        while True:
            page = wanted.where(AUDIT.c.seq > last).order_by(AUDIT.c.seq).limit(_PAGE)
            found = (await self._connection.execute(page)).all()
            for one in found:
                yield one
            if len(found) < _PAGE:
                return
            last = found[-1].seq


def _row(one: _AnyRow) -> AuditRow:
    tenant = None if one.tenant is None else TenantId(one.tenant)
    return AuditRow(one.seq, bytes(one.entry), bytes(one.leaf), tenant, from_datetime(one.at))
