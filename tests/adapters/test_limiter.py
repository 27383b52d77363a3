"""Budgets as Redis keeps them: nothing lives for ever, and no number loses its last digits."""

from typing import Any

import pytest

from router.adapters.redis import keys
from router.adapters.redis.connection import Connection
from router.adapters.redis.limiter import SlackLimiter
from router.core.model.instant import HOUR, MINUTE, SECOND, Span
from router.core.model.rules.limits import Rate
from tests.adapters.builders import a_call

WS = "T1-B1"


@pytest.fixture
def limiter(redis: Connection) -> SlackLimiter:
    return SlackLimiter(redis)


async def test_a_bucket_forgets_itself_when_it_is_full_again(limiter: SlackLimiter, raw: Any) -> None:
    await limiter.take([a_call("r1", ("post", Rate(Span(MINUTE), 10)), alone_for=Span(30 * SECOND))])

    lives = {key: await raw.pttl(key) async for key in raw.scan_iter()}
    assert lives
    assert all(0 < life <= 60_000 for life in lives.values()), lives


async def test_arrival_times_keep_their_microseconds(limiter: SlackLimiter, redis: Connection, raw: Any) -> None:
    """Lua's tostring gives 14 digits, and microseconds have 16."""
    before = await redis.now()
    await limiter.take([a_call("r1", ("post", Rate(Span(HOUR + 1), 1)))])

    text = await raw.get(keys.workspace_key(WS, "post"))
    assert text.isdecimal()
    assert abs(int(text) - before - HOUR) < 2 * SECOND


async def test_a_name_that_is_an_id_is_not_learned(limiter: SlackLimiter, raw: Any) -> None:
    await limiter.learn_channel_id(WS, "C1", "C1")

    assert await raw.dbsize() == 0


async def test_a_learned_name_is_forgotten_after_a_day(limiter: SlackLimiter, raw: Any) -> None:
    await limiter.learn_channel_id(WS, "#alerts", "C1")

    assert 86_390 < await raw.ttl(keys.workspace_key(WS, "name", "#alerts")) <= 86_400
