"""A tenant's rows, held so that no other projector is at them meanwhile."""

from typing import Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from router.adapters.postgres.tables import PROJECTED, TENANT
from router.core.model.alert import TenantId
from router.ports.record import TenantState

_STATE: Final = TENANT.c.state == TenantState.ACTIVE


async def is_taken(connection: AsyncConnection, tenant: TenantId) -> bool:
    """Whether it is held until the transaction ends; not one that is no more, or that another projector is at."""
    taken = select(PROJECTED.c.tenant).where(PROJECTED.c.tenant == tenant).with_for_update(skip_locked=True)
    there = select(TENANT.c.tenant).where(TENANT.c.tenant == tenant, _STATE)
    for one in (taken, there):
        if (await connection.execute(one)).one_or_none() is None:
            return False
    return True
