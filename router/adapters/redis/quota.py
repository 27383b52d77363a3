"""What tenants' senders may post, counted over all gateways: one script a charge, in the tenant's slot."""

from collections.abc import Sequence

from router.adapters.redis import keys
from router.adapters.redis.command import Script
from router.adapters.redis.connection import Connection
from router.core.budget.quota import Charge, Over
from router.core.model.alert import TenantId
from router.core.model.instant import Span


class RedisQuota:
    """The buckets of all tenants, by Redis' clock."""

    def __init__(self, connection: Connection) -> None:
        self._redis = connection
        self._charge = Script("charge")

    async def take(self, tenant: TenantId, charges: Sequence[Charge]) -> Over | None:
        """Take all of it, or nothing; None when it was taken."""
        buckets = [keys.tenant_key(tenant, "quota", one.resource) for one in charges]
        numbers = [number for one in charges for number in (one.rate.period, one.rate.burst, one.cost)]
        wait, slowest = await self._redis.ask(self._charge.on(buckets, numbers))
        return Over(charges[int(slowest) - 1].resource, Span(int(wait))) if int(wait) else None
