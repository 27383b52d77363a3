"""What is left to do for tenants: read for many of them in one round trip, so that a sweep costs little."""

from collections.abc import Sequence
from typing import Any

from router.adapters.redis import keys
from router.adapters.redis.command import COMMANDS, Command
from router.adapters.redis.connection import Connection
from router.core.model.alert import TenantId
from router.core.model.instant import MILLISECOND, NEVER, Instant
from router.errors import UnavailableError
from router.ports.schedule import Leftover


class RedisLeftovers:
    """Due times, events and marks of all tenants."""

    def __init__(self, connection: Connection) -> None:
        self._redis = connection

    async def of(self, tenants: Sequence[TenantId]) -> list[Leftover | None]:
        """What is left of each tenant's work; None where Redis does not answer for it, but for others."""
        asked = [_asked(tenant) for tenant in tenants]
        answers = iter(await self._redis.answered([one for some in asked for one in some]))
        return [_leftover([next(answers) for _ in some]) for some in asked]


def _asked(tenant: TenantId) -> tuple[Command, ...]:
    return (
        COMMANDS.zrange(keys.tenant_key(tenant, "due"), 0, 0, withscores=True),
        COMMANDS.xlen(keys.tenant_key(tenant, "outbox")),
        COMMANDS.get(keys.tenant_key(tenant, "routed")),
    )


def _leftover(answers: Sequence[Any]) -> Leftover | None:
    if any(isinstance(one, UnavailableError) for one in answers):
        return None
    first, events, routed = answers
    due = Instant(int(first[0][1]) * MILLISECOND) if first else NEVER
    return Leftover(due, bool(events), int(routed or 0))
