"""Which dead letters were redriven: known for a day, and then forgotten by itself."""

from typing import Any

from router.adapters.redis.connection import Connection
from router.adapters.redis.redriven import RedisRedriven
from router.core.model.instant import HOUR, NEVER, SECOND


async def test_a_letter_that_was_redriven_is_known(redis: Connection) -> None:
    redriven = RedisRedriven(redis)
    await redriven.note("alerts.inbound-0-1")

    known, unknown = await redriven.times(["alerts.inbound-0-1", "alerts.inbound-0-2"])

    assert abs(known - await redis.now()) < 5 * SECOND
    assert unknown == NEVER
    assert await redriven.times([]) == []


async def test_what_is_too_old_to_be_redriven_again_is_forgotten(redis: Connection, raw: Any) -> None:
    redriven = RedisRedriven(redis)
    await raw.zadd("alert-router:{:index}:redriven", {"old": (await redis.now() - 26 * HOUR) // 1000})

    await redriven.note("new")

    assert [one != NEVER for one in await redriven.times(["old", "new"])] == [False, True]
