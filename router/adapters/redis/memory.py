"""How full Redis is, and what each tenant has stored; the script `apply` keeps the tenants' counts."""

from collections.abc import Sequence

from router.adapters.redis import keys
from router.adapters.redis.connection import Connection, translated
from router.core.budget.memory import Memory
from router.core.model.alert import TenantId
from router.core.model.tenant import Caps


class RedisMemory:
    """Memory of Redis as a whole, and of tenants."""

    def __init__(self, connection: Connection) -> None:
        self._client = connection.client

    async def memory(self) -> Memory:
        """What Redis uses of its limit."""
        with translated():
            found = await self._client.info(section="memory")
        return Memory(int(found.get("used_memory", 0)), int(found.get("maxmemory", 0)))

    async def sizes(self, tenants: Sequence[TenantId]) -> list[Caps]:
        """What each tenant has stored."""
        with translated():
            pipeline = self._client.pipeline(transaction=False)
            for tenant in tenants:
                pipeline.hmget(keys.tenant_key(tenant, "size"), "alerts", "groups", "bytes")
            answers = await pipeline.execute() if tenants else []
        return [Caps(*(int(number or 0) for number in answer)) for answer in answers]
