"""The audit log's table: appended to by whoever has locked its head, in the transaction of what an entry is about."""

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from router.adapters.postgres.rows import instant
from router.adapters.postgres.tables import AUDIT, AUDIT_HEAD
from router.ports.audit import Append, AuditHead, Entry


class PostgresAudit:
    """Appends entries; `append` makes the row of one, and the head after it."""

    def __init__(self, append: Append) -> None:
        self._append = append

    async def lock(self, connection: AsyncConnection) -> None:
        """Let nobody else append until this transaction has ended: the head's row is there, unlike a last entry."""
        await connection.execute(select(AUDIT_HEAD.c.size).with_for_update())

    async def append(self, connection: AsyncConnection, entry: Entry) -> None:
        """Append an entry; the head is locked."""
        found = (await connection.execute(select(AUDIT_HEAD, func.clock_timestamp().label("now")))).one()
        row, head = self._append(AuditHead(found.size, found.edge), entry, instant(found.now))
        values = {"seq": row.seq, "entry": row.entry, "leaf": row.leaf, "tenant": row.tenant, "at": found.now}
        await connection.execute(AUDIT.insert().values({one: it for one, it in values.items() if one in AUDIT.c}))
        await connection.execute(AUDIT_HEAD.update().values(size=head.size, edge=head.edge))
