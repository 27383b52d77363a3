"""Turns as Redis keeps them: how a score is written must not change a time."""

import pytest

from router.adapters.redis.connection import Connection
from router.adapters.redis.turns import RedisTurns
from router.core.model.instant import Instant
from tests.adapters.builders import ACME


@pytest.mark.parametrize("ms", [1_000_000_000_000, 1_700_000_000_000, 1_795_694_400_000, 1_763_912_345_678])
async def test_round_times_are_read_as_exactly_as_others(redis: Connection, ms: int) -> None:
    """A server may write a round score as 1.7e+12."""
    turns = RedisTurns(redis)
    await turns.offer({ACME: Instant(ms * 1000)})

    assert await turns.take(Instant(1)) == (None, ms * 1000)
