"""While Redis is full, what is known goes on: it is stored, has its turn and its budget; new growth waits."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from redis.exceptions import OutOfMemoryError

from router.core.model.group import AlertGroup
from router.core.model.instant import HOUR, SECOND, Span
from router.core.model.rules.limits import Rate
from router.core.slack.answer import HoldScope
from router.errors import UnavailableError
from router.ports.state import ApplyResult
from tests.adapters.builders import ACME, NOON, POSTS, a_call, after, idle, key_of, queued, store, waiting, write
from tests.contracts.engines import OnRedis
from tests.contracts.shelf import Shelf


@pytest.fixture
async def full(shelf: Shelf) -> AsyncIterator[Shelf]:
    """A Redis with a group in it that takes nothing more."""
    if not isinstance(shelf.engine, OnRedis):
        pytest.skip("memory has no limit")
    await shelf.put(waiting(alerts=3))
    await shelf.engine._raw.config_set("maxmemory", "1mb")
    with pytest.raises(OutOfMemoryError):
        await shelf.engine._raw.set("x", "y")
    yield shelf
    await shelf.engine._raw.config_set("maxmemory", "0")


async def test_a_known_group_is_stored_and_a_new_one_that_may_wait_is_not(full: Shelf) -> None:
    stored = await full.stored(key_of().group_id)
    assert await store(full.groups, [write(stored, idle(stored, firing=0))]) == [ApplyResult.OK]

    new = replace(write(AlertGroup(key_of("B")), waiting("B")), needs_memory=True)
    with pytest.raises(UnavailableError):
        await store(full.groups, [new])
    assert await full.groups.load(ACME, [key_of("B").group_id]) == [None]
    assert await store(full.groups, [replace(new, needs_memory=False)]) == [ApplyResult.OK]


async def test_it_has_its_turn_its_place_in_the_lane_and_its_budget(full: Shelf) -> None:
    await full.engine.turns.offer({ACME: NOON})
    assert (await full.engine.turns.take(NOON))[0] == ACME

    await full.put(queued(waiting()))
    await full.schedule.try_lane_at(ACME, POSTS, after(60))
    assert await full.looked_at() == after(60)

    call = a_call("r1", ("post", Rate(HOUR, 1)), alone_for=SECOND)
    assert await full.engine.limiter.take([call]) == [0]
    assert await full.engine.limiter.take([replace(call, request_id="r2", delivery_id="d2")]) != [0]
    await full.engine.limiter.release(call)


async def test_what_slack_answered_is_remembered(full: Shelf) -> None:
    call = a_call("r1", ("post", Rate(HOUR, 1)), alone_for=SECOND)
    await full.engine.limiter.hold(call, HoldScope.METHOD, Span(30 * SECOND))
    assert await full.engine.limiter.take([call]) != [0]

    await full.engine.limiter.learn_channel_id(call.workspace, "#alerts", "C1")
    assert await full.engine.limiter.channel_id(call.workspace, "#alerts") == "C1"
