"""Tenants' own keys in the record, wrapped, by the login of projectors; "" for one that was destroyed."""

from collections.abc import Awaitable, Callable
from typing import Final

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from router.adapters.postgres.scope import transaction
from router.adapters.postgres.tables import TENANT_KEY
from router.adapters.postgres.taking import is_taken
from router.core.model.alert import TenantId
from router.core.seal.envelope import KeyId, KeyPurpose
from router.ports.sealing import Wrapped

_PURPOSES: Final = frozenset(KeyPurpose)
_KEY: Final = ("tenant", "purpose", "epoch")


class RecordedKeyCopies:
    """The keys of all tenants."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def compare(self, tenant: TenantId, compared: Callable[[Wrapped], Awaitable[Wrapped]]) -> None:
        """Hand over all of a tenant's, and store what comes back; nothing of it is projected meanwhile.

        Nothing is done for a tenant that is no more, or that another projector is at.
        """
        async with transaction(self._engine) as connection:
            if await is_taken(connection, tenant):
                await _put(connection, tenant, await compared(await _of(connection, tenant)))


async def _of(connection: AsyncConnection, tenant: TenantId) -> Wrapped:
    """Those whose purpose is known here."""
    rows = await connection.execute(select(TENANT_KEY).where(TENANT_KEY.c.tenant == tenant))
    return {KeyId(KeyPurpose(row.purpose), row.epoch): row.wrapped for row in rows if row.purpose in _PURPOSES}


async def _put(connection: AsyncConnection, tenant: TenantId, wrapped: Wrapped) -> None:
    """One that was destroyed stays so."""
    for key, text in wrapped.items():
        row = insert(TENANT_KEY).values(tenant=tenant, purpose=key.purpose, epoch=key.epoch, wrapped=text)
        alive = TENANT_KEY.c.wrapped != ""
        await connection.execute(row.on_conflict_do_update(index_elements=_KEY, set_={"wrapped": text}, where=alive))
