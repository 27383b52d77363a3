"""What tenants' senders may post, counted over all gateways: one script a charge, in the tenant's slot."""

from collections.abc import Sequence

from router.adapters.redis import keys
from router.adapters.redis.connection import Connection, translated
from router.core.budget.quota import Charge, Over
from router.core.model.alert import TenantId
from router.core.model.instant import Span


class RedisQuota:
    """The buckets of all tenants, by Redis' clock."""

    def __init__(self, connection: Connection) -> None:
        self._charge = connection.script("charge")

    async def take(self, tenant: TenantId, charges: Sequence[Charge]) -> Over | None:
        """Take all of it, or nothing; None when it was taken."""
        buckets = [keys.tenant_key(tenant, "quota", one.resource) for one in charges]
        numbers = [number for one in charges for number in (one.rate.period, one.rate.burst, one.cost)]
        with translated():
            wait, slowest = await self._charge(keys=buckets, args=numbers)
        return Over(charges[int(slowest) - 1].resource, Span(int(wait))) if int(wait) else None
