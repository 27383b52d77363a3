"""The record as projectors read it: all tenants, one at a time, woken by commits."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Any, Final

import psycopg
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from router.adapters.postgres.engine import plain_url
from router.adapters.postgres.reading import active_version, live_tokens, sealed_fields, standing
from router.adapters.postgres.scope import transaction
from router.adapters.postgres.tables import ACTIVE, CHANGED, INSTALLATION, PROJECTED, TENANT, TOKEN
from router.core.cell import CellName
from router.core.model.alert import TenantId
from router.ports.record import Standing, TenantState, Verdict, Wanted

_THERE: Final = frozenset({Verdict.STORED, Verdict.SAME})


class ProjectedRecord:
    """The record, by a login that may read all tenants and note what was projected."""

    def __init__(self, engine: AsyncEngine, url: str) -> None:
        self._engine = engine
        self._url = plain_url(url)
        self._listening: psycopg.AsyncConnection[Any] | None = None
        self._opening = asyncio.Lock()

    async def installation(self) -> str:
        """The id of the record."""
        async with transaction(self._engine) as connection:
            return str((await connection.execute(select(INSTALLATION.c.id))).scalar_one())

    async def standing(self) -> list[Standing]:
        """All tenants, in the order of their names."""
        async with transaction(self._engine) as connection:
            return await standing(connection)

    async def live_tokens(self) -> Mapping[str, TenantId]:
        """Whose each token is that is good, by its digest."""
        async with transaction(self._engine) as connection:
            rows = await connection.execute(
                select(TOKEN.c.digest, TOKEN.c.tenant).where(TOKEN.c.revoked_at.is_(None))
            )
            return {row.digest: TenantId(row.tenant) for row in rows}

    async def bring(self, tenant: TenantId, write: Callable[[Wanted], Awaitable[Verdict]]) -> Verdict | None:
        """Let `write` bring what is wanted of a tenant, and note what it brought; None while another does that."""
        async with transaction(self._engine) as connection:
            of_tenant = PROJECTED.c.tenant == tenant
            taken = select(PROJECTED.c.tenant).where(of_tenant).with_for_update(skip_locked=True)
            if (await connection.execute(taken)).one_or_none() is None:
                return None
            wanted = await _wanted(connection, tenant)
            verdict = await write(wanted)
            if verdict in _THERE:
                noted = {"generation": wanted.generation, "at": func.now()}
                await connection.execute(PROJECTED.update().where(of_tenant).values(noted))
            return verdict

    async def woken(self, within_s: float) -> bool:
        """Wait for a change, at most so long; whether there was one. Without an answer the wait is as long."""
        try:
            listening = await self._listen()
            return bool([one async for one in listening.notifies(timeout=within_s, stop_after=1)])
        except psycopg.Error:
            await self.close()
            await asyncio.sleep(within_s)
            return False

    async def close(self) -> None:
        """Listen no more."""
        listening, self._listening = self._listening, None
        if listening is not None:
            with suppress(psycopg.Error):
                await listening.close()

    async def _listen(self) -> psycopg.AsyncConnection[Any]:
        async with self._opening:
            if self._listening is None:
                self._listening = await psycopg.AsyncConnection.connect(self._url, autocommit=True, connect_timeout=5)
                await self._listening.execute(f"listen {CHANGED}".encode())
            return self._listening


async def _wanted(connection: AsyncConnection, tenant: TenantId) -> Wanted:
    """As of one generation: it is read first, and whoever changes the rest raises it."""
    both = ACTIVE.join(TENANT, TENANT.c.tenant == ACTIVE.c.tenant)
    one = (
        select(ACTIVE.c.generation, ACTIVE.c.cell, TENANT.c.state).select_from(both).where(ACTIVE.c.tenant == tenant)
    )
    row = (await connection.execute(one)).one()
    revoked = select(TOKEN.c.digest).where(TOKEN.c.tenant == tenant, TOKEN.c.revoked_at.is_not(None))
    return Wanted(
        tenant=tenant,
        generation=row.generation,
        state=TenantState(row.state),
        version=await active_version(connection, tenant),
        tokens=tuple(await live_tokens(connection, tenant)),
        revoked=tuple((await connection.execute(revoked)).scalars()),
        secrets=await sealed_fields(connection, tenant),
        cell=CellName(row.cell or ""),
    )
