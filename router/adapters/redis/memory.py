"""How full Redis is, and what each tenant has stored; the script `apply` keeps the tenants' counts."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from router.adapters.redis import keys
from router.adapters.redis.command import COMMANDS
from router.adapters.redis.connection import Connection
from router.core.budget.memory import KEEPS, Memory
from router.core.model.alert import TenantId
from router.core.model.rules.limits import Caps
from router.errors import UnavailableError

_SECTIONS: Final = ("memory", "persistence")
_INFO: Final = COMMANDS.info(*_SECTIONS)


def _memory(info: Mapping[str, Any]) -> Memory:
    """Of a server's INFO; what one leaves out, as some that are rented do, is taken for good."""
    appends = bool(info.get("aof_enabled", 1)) and info.get("aof_last_write_status", "ok") == "ok"
    used, limit = int(info.get("used_memory", 0)), int(info.get("maxmemory", 0))
    return Memory(used, limit, str(info.get("maxmemory_policy", KEEPS)), appends)


class RedisMemory:
    """Memory of Redis, each server's by itself, and of tenants."""

    def __init__(self, connection: Connection) -> None:
        self._redis = connection

    async def memory(self) -> dict[str, Memory]:
        """What each server that answers uses of its limit, and how it keeps it; INFO of Redis 7."""
        found = await self._redis.everywhere(_INFO)
        answered = {name: one for name, one in found.items() if not isinstance(one, UnavailableError)}
        if not answered:
            raise next(iter(found.values()), UnavailableError("Redis: no server is known"))
        return {name: _memory(one) for name, one in answered.items()}

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
