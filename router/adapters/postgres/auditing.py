"""The audit log as a change of the record uses it: its head is locked first, its entry is appended last."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from router.adapters.postgres.audit import append_entry
from router.adapters.postgres.tables import AUDIT_HEAD
from router.ports.audit import Append, Entry


class PostgresAudit:
    """Appends entries; `append` makes the row of one, and the head after it."""

    def __init__(self, append: Append) -> None:
        self._append = append

    async def lock(self, connection: AsyncConnection) -> None:
        """Let nobody else append until this transaction has ended: the head's row is there, unlike a last entry."""
        await connection.execute(select(AUDIT_HEAD.c.size).with_for_update())

    async def append(self, connection: AsyncConnection, entry: Entry) -> None:
        """Append an entry; the head is locked."""
        await append_entry(connection, self._append, entry)
