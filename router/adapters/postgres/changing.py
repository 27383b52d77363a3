"""The one way to change the record: a transaction that also holds what is audited of it.

A change that is not audited cannot be written: what writes is made here, and nowhere else.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from router.adapters.postgres.idempotency import claim_in, give_up_in
from router.adapters.postgres.reading import live_tokens, standing
from router.adapters.postgres.scope import confirm, scope, transaction
from router.adapters.postgres.writing import Writing
from router.core.model.alert import TenantId
from router.errors import OperationError
from router.ports.audit import Entry, Outcome, Ruling
from router.ports.record import RecordedToken, Standing


class AuditLog(Protocol):
    """Where entries are appended, in the transaction of what they are about."""

    async def lock(self, connection: AsyncConnection) -> None:
        """Let nobody else append until this transaction has ended."""

    async def append(self, connection: AsyncConnection, entry: Entry) -> None:
        """Append an entry."""


class Record:
    """The record, as whoever changes one tenant at a time sees it."""

    def __init__(self, engine: AsyncEngine, log: AuditLog) -> None:
        self.engine = engine
        self._log = log

    @asynccontextmanager
    async def changing(self, tenant: TenantId, entry: Entry) -> AsyncIterator[Writing]:
        """A change of one tenant: stored whole, with its entry, or not at all.

        One that is refused (OperationError) leaves an entry that it was, in a transaction of its own.

        Raises:
            RepeatedError: the same request was carried out, or is being.
            UnconfirmedError: it may be stored, or not: the connection was lost as it was committed.
            UnavailableError: it is not stored.
        """
        try:
            async with scope(self.engine, tenant) as connection:
                await self._log.lock(connection)
                await self._claim(connection, entry)
                writing = Writing(connection, tenant)
                yield writing
                await self._log.append(connection, writing.noted(entry))
                await confirm(connection)
        except OperationError as error:
            await self.refused(tenant, entry, error)
            raise

    async def standing(self) -> list[Standing]:
        """All tenants, in the order of their names."""
        async with transaction(self.engine) as connection:
            return await standing(connection)

    async def tokens(self, tenant: TenantId) -> list[RecordedToken]:
        """The tenant's tokens that are good."""
        async with scope(self.engine, tenant) as connection:
            return await live_tokens(connection, tenant)

    async def refused(self, tenant: TenantId, entry: Entry, why: OperationError) -> None:
        """Note an attempt that was refused."""
        decision = Ruling(allowed=False, rule=entry.decision.rule)
        await self.note(tenant, replace(entry, outcome=Outcome.DENIED, decision=decision, error=why.problem))

    async def note(self, tenant: TenantId | None, entry: Entry) -> None:
        """Append an entry about what changes nothing, of a tenant or of none."""
        async with transaction(self.engine) if tenant is None else scope(self.engine, tenant) as connection:
            await self._log.lock(connection)
            await self._claim(connection, entry)
            await self._log.append(connection, entry)

    async def _claim(self, connection: AsyncConnection, entry: Entry) -> None:
        """A request is carried out once; one that has failed may be sent again, that it was refused noted again."""
        if entry.claim is not None and entry.outcome is Outcome.DONE:
            await claim_in(connection, entry.claim)
        elif entry.claim is not None and entry.outcome is Outcome.FAILED:
            await give_up_in(connection, entry.claim)
