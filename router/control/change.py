"""How many messages that Slack shows now would move if a configuration were applied.

A message moves when an alert that fires in it no longer belongs there. The answer is as of now: alerts that come
meanwhile are not waited for.
"""

from collections.abc import AsyncIterator
from typing import Protocol

from router.core.fold.reroute import route_again
from router.core.model.alert import TenantId
from router.core.model.group import AlertGroup
from router.core.model.tenant import Tenant


class Stored(Protocol):
    """Where notifications are kept."""

    def everything(self, tenant: TenantId) -> AsyncIterator[AlertGroup]:
        """All notifications of a tenant, whole."""


async def count_moving(store: Stored, tenant: Tenant) -> int:
    """How many live messages of the tenant would move under these rules."""
    moving = 0
    async for stored in store.everything(tenant.tenant_id):
        if stored.message is not None and not stored.closed and route_again(stored, tenant).leaving:
            moving += 1
    return moving
