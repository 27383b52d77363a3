"""A tenant's books and plain counters, and by which configuration its groups were routed."""

from collections.abc import Sequence

from router.adapters.redis import keys
from router.adapters.redis.command import COMMANDS
from router.adapters.redis.connection import Connection
from router.core.model.alert import TenantId
from router.errors import UnavailableError


class RedisBooks:
    """The books of all tenants; transitions add to them in the script `apply`."""

    def __init__(self, connection: Connection) -> None:
        self._redis = connection

    async def read(self, tenant: TenantId) -> dict[str, int]:
        """The tenant's books as they stand."""
        fields = await self._redis.ask(COMMANDS.hgetall(keys.tenant_key(tenant, "books")))
        return {name: int(count) for name, count in fields.items()}

    async def count(self, tenant: TenantId, counter: str, by: int) -> None:
        """Add to a plain counter beside the books."""
        await self._redis.ask(COMMANDS.hincrby(keys.tenant_key(tenant, "books"), counter, by))


class RedisConfigurationMarks:
    """By which version of its configuration everything live of a tenant was routed."""

    def __init__(self, connection: Connection) -> None:
        self._redis = connection

    async def routed(self, tenants: Sequence[TenantId]) -> list[int | None]:
        """The version of each tenant, 0 where there is none; None where Redis does not answer for the tenant."""
        found = await self._redis.answered([COMMANDS.get(keys.tenant_key(tenant, "routed")) for tenant in tenants])
        return [None if isinstance(one, UnavailableError) else int(one or 0) for one in found]

    async def note_routed(self, tenant: TenantId, version: int) -> None:
        """All that is live has been routed by this version."""
        await self._redis.ask(COMMANDS.set(keys.tenant_key(tenant, "routed"), version))
