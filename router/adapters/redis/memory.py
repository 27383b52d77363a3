"""How full Redis is, and what each tenant has stored; the script `apply` keeps the tenants' counts."""

from collections.abc import Sequence

from router.adapters.redis import keys
from router.adapters.redis.command import COMMANDS
from router.adapters.redis.connection import Connection
from router.core.budget.memory import Memory
from router.core.model.alert import TenantId
from router.core.model.rules.limits import Caps
from router.errors import UnavailableError


class RedisMemory:
    """Memory of Redis, each server's by itself, and of tenants."""

    def __init__(self, connection: Connection) -> None:
        self._redis = connection

    async def memory(self) -> dict[str, Memory]:
        """What each server that answers uses of its limit."""
        found = await self._redis.everywhere(COMMANDS.info(section="memory"))
        answered = {name: one for name, one in found.items() if not isinstance(one, UnavailableError)}
        if not answered:
            raise next(iter(found.values()), UnavailableError("Redis: no server is known"))
        return {
            name: Memory(int(one.get("used_memory", 0)), int(one.get("maxmemory", 0)))
            for name, one in answered.items()
        }

    def part_of(self, tenant: TenantId) -> str:
        """The server that has a tenant's data."""
        return self._redis.part_of(keys.tenant_key(tenant, "size"))

    async def sizes(self, tenants: Sequence[TenantId]) -> list[Caps | None]:
        """What each tenant has stored; None where Redis does not answer for the tenant."""
        answers = await self._redis.answered([
            COMMANDS.hmget(keys.tenant_key(tenant, "size"), "alerts", "groups", "bytes") for tenant in tenants
        ])  # fmt: skip
        return [
            None if isinstance(answer, UnavailableError) else Caps(*(int(number or 0) for number in answer))
            for answer in answers
        ]
