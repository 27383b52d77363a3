"""Which dead letters were redriven: remembered for longer than any of them may be redriven."""

from collections.abc import Sequence
from typing import Final

from router.adapters.redis import keys
from router.adapters.redis.command import COMMANDS
from router.adapters.redis.connection import Connection, due_at, due_ms
from router.core.decide.policy import REPLAY_HORIZON
from router.core.model.instant import HOUR, MILLISECOND, NEVER, Instant, Span

_LIFE: Final = Span(REPLAY_HORIZON + HOUR)


class RedisRedriven:
    """The letters that were redriven within a day."""

    def __init__(self, connection: Connection) -> None:
        self._redis = connection

    async def times(self, ids: Sequence[str]) -> list[Instant]:
        """When each was redriven; NEVER for one that was not."""
        found = await self._redis.ask_all([COMMANDS.zscore(keys.REDRIVEN, one) for one in ids])
        return [NEVER if one is None else due_at(one) for one in found]

    async def note(self, letter_id: str) -> None:
        """It was redriven now."""
        now = await self._redis.now()
        await self._redis.ask_all([
            COMMANDS.zadd(keys.REDRIVEN, {letter_id: due_ms(now)}),
            COMMANDS.zremrangebyscore(keys.REDRIVEN, "-inf", due_ms(Instant(now - _LIFE))),
            COMMANDS.pexpire(keys.REDRIVEN, _LIFE // MILLISECOND),
        ])  # fmt: skip
