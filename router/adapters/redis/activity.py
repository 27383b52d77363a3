"""The ranking of tenants by the alerts of this hour and the one before, and the buckets as they stand."""

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any, Final

from router.adapters.redis import keys
from router.adapters.redis.command import COMMANDS, Command
from router.adapters.redis.connection import Connection
from router.core.budget.quota import Resource
from router.core.model.alert import TenantId
from router.core.model.instant import HOUR, MILLISECOND, NEVER, SECOND, Instant
from router.core.model.operation import Method
from router.errors import UnavailableError
from router.ports.activity import RANKED, Levels, Place

_KEPT_S: Final = 3 * HOUR // SECOND
_HEARD_FOR: Final = 30 * 24 * HOUR
"""Who was not heard from for so long is forgotten, as is who was removed."""
_NOTHING: Final = (None, None, None)


class RedisActivity:
    """What all workers note together."""

    def __init__(self, connection: Connection) -> None:
        self._redis = connection

    async def note(self, accepted: Mapping[TenantId, int], now: Instant) -> None:
        """So many alerts of each were accepted by now; the busiest alone are ranked, all were heard from."""
        if not accepted:
            return
        hour = keys.busy_key(now // HOUR)
        await self._redis.ask_all([
            *(COMMANDS.zincrby(hour, by, tenant) for tenant, by in Counter(accepted).most_common(RANKED)),
            COMMANDS.expire(hour, _KEPT_S),
            COMMANDS.zadd(keys.HEARD, dict.fromkeys(accepted, now // MILLISECOND), gt=True),
            COMMANDS.zremrangebyscore(keys.HEARD, "-inf", (now - _HEARD_FOR) // MILLISECOND),
            COMMANDS.expire(keys.HEARD, _HEARD_FOR // SECOND),
        ])  # fmt: skip

    async def busiest(self, now: Instant, count: int) -> Sequence[TenantId]:
        """So many tenants, the busiest first; of equals the first by name."""
        hours = [keys.busy_key(now // HOUR), keys.busy_key(now // HOUR - 1)]
        found = await self._redis.ask_all([
            COMMANDS.zrange(hour, "+inf", "-inf", desc=True, withscores=True, byscore=True, offset=0, num=2 * count)
            for hour in hours
        ])  # fmt: skip
        total = Counter[TenantId]()
        for name, score in chain.from_iterable(found):
            total[TenantId(name)] += int(score)
        return sorted(total, key=lambda one: (-total[one], one))[:count]

    async def levels(self, places: Sequence[Place]) -> Sequence[Levels]:
        """How it stands with each, all in one round trip."""
        if not places:
            return []
        commands = [one for place in places for one in _asked(place)]
        heard, *found = await self._redis.answered([
            COMMANDS.zmscore(keys.HEARD, [one.tenant for one in places]), *commands
        ])  # fmt: skip
        times = [None] * len(places) if isinstance(heard, UnavailableError) else heard
        return [_levels(*one) for one in zip(times, found[::2], found[1::2], strict=True)]


def _asked(place: Place) -> tuple[Command, Command]:
    """The buckets of its senders, and those of its calls: each of one slot."""
    own, workspace = place.tenant, place.workspace
    calls = [keys.bucket_key(workspace, one) for one in (f"tenant:{own}", Method.POST, Method.UPDATE)]
    return (
        COMMANDS.mget([keys.tenant_key(own, "quota", one) for one in Resource]),
        COMMANDS.mget(calls if workspace else [keys.tenant_key(own, "nothing")] * 3),
    )


def _levels(heard: float | None, senders: Any, calls: Any) -> Levels:  # noqa: ANN401 - an answer or why there is none
    known = [_NOTHING if isinstance(one, UnavailableError) else one for one in (senders, calls)]
    at = NEVER if heard is None else Instant(int(heard) * MILLISECOND)
    return Levels(at, *(Instant(int(one or 0)) for one in (*known[0], *known[1])))
