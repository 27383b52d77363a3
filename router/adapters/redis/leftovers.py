"""What is left to do for tenants: read for many of them in one round trip, so that a sweep costs little."""

from collections.abc import Sequence
from typing import Any, Final

from router.adapters.redis import keys
from router.adapters.redis.command import COMMANDS, Command
from router.adapters.redis.connection import Connection
from router.core.model.alert import TenantId
from router.core.model.instant import MILLISECOND, NEVER, Instant
from router.errors import UnavailableError
from router.ports.schedule import Leftover

_NOTHING: Final = (0, 0, (0, 0))


class RedisLeftovers:
    """Due times, events and marks of all tenants."""

    def __init__(self, connection: Connection) -> None:
        self._redis = connection

    async def of(self, tenants: Sequence[TenantId]) -> list[Leftover | None]:
        """What is left of each tenant's work; None where Redis does not answer for it, but for others.

        By which version a tenant was routed, and how much waits, is only read where it has anything due, in a round
        trip more.
        """
        asked = [one for tenant in tenants for one in _asked(tenant)]
        answers = await self._redis.answered(asked)
        parts = zip(answers[::3], answers[1::3], answers[2::3], strict=True)
        found = [None if _is_missing(one) else one for one in parts]
        busy = [tenant for tenant, one in zip(tenants, found, strict=True) if one and one[0]]
        more = await self._redis.answered([one for tenant in busy for one in _asked_of_busy(tenant)])
        waits = dict(zip(busy, zip(more[::3], more[1::3], more[2::3], strict=True), strict=True))
        return [_leftover(one, waits.get(tenant, _NOTHING)) for tenant, one in zip(tenants, found, strict=True)]


def _asked(tenant: TenantId) -> tuple[Command, Command, Command]:
    return (
        COMMANDS.zrange(keys.tenant_key(tenant, "due"), 0, 0, withscores=True),
        COMMANDS.xlen(keys.tenant_key(tenant, "outbox")),
        COMMANDS.exists(keys.tenant_key(tenant, "epoch")),
    )


def _asked_of_busy(tenant: TenantId) -> tuple[Command, Command, Command]:
    return (
        COMMANDS.get(keys.tenant_key(tenant, "routed")),
        COMMANDS.hget(keys.tenant_key(tenant, "books"), "pending"),
        COMMANDS.hmget(keys.tenant_key(tenant, "size"), ["parked", "absorbing"]),
    )


def _is_missing(answers: Sequence[Any]) -> bool:
    return any(isinstance(one, UnavailableError) for one in answers)


def _leftover(found: tuple[Any, Any, Any] | None, waits: tuple[Any, Any, Any]) -> Leftover | None:
    if found is None or _is_missing(waits):
        return None
    first, events, epoch = found
    due = Instant(int(first[0][1]) * MILLISECOND) if first else NEVER
    routed, pending, (parked, absorbing) = waits
    return Leftover(
        next_due=due,
        has_events=bool(events),
        routed=int(routed or 0),
        is_lost=not epoch,
        pending=int(pending or 0),
        parked=int(parked or 0),
        absorbing=int(absorbing or 0),
    )
