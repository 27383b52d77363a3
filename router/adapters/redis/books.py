"""A tenant's books and plain counters, and by which configuration its groups were routed."""

from collections.abc import Sequence

from router.adapters.redis import keys
from router.adapters.redis.connection import Connection, translated
from router.core.model.alert import TenantId


class RedisBooks:
    """The books of all tenants; transitions add to them in the script `apply`."""

    def __init__(self, connection: Connection) -> None:
        self._client = connection.client

    async def read(self, tenant: TenantId) -> dict[str, int]:
        """The tenant's books as they stand."""
        with translated():
            fields = await self._client.hgetall(keys.tenant_key(tenant, "books"))
        return {name: int(count) for name, count in fields.items()}

    async def count(self, tenant: TenantId, counter: str, by: int) -> None:
        """Add to a plain counter beside the books."""
        with translated():
            await self._client.hincrby(keys.tenant_key(tenant, "books"), counter, by)


class RedisConfigurationMarks:
    """By which version of its configuration everything live of a tenant was routed."""

    def __init__(self, connection: Connection) -> None:
        self._client = connection.client

    async def routed(self, tenants: Sequence[TenantId]) -> list[int]:
        """The version of each tenant; 0 where that is not known."""
        with translated():
            pipeline = self._client.pipeline(transaction=False)
            for tenant in tenants:
                pipeline.get(keys.tenant_key(tenant, "routed"))
            return [int(version or 0) for version in await pipeline.execute()]

    async def note_routed(self, tenant: TenantId, version: int) -> None:
        """All that is live has been routed by this version."""
        with translated():
            await self._client.set(keys.tenant_key(tenant, "routed"), version)
