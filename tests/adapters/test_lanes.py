"""Lanes as Redis keeps them: how they are listed, and that an empty one leaves no key."""

from typing import Any

import pytest
from structlog.testing import capture_logs

from router.adapters.redis import keys
from router.adapters.redis.connection import Connection
from router.adapters.redis.groups import GroupStore
from router.adapters.redis.schedule import LEFT_FOR, RedisSchedule
from router.core.model.group import AlertGroup
from router.core.model.key import GroupId
from router.core.model.operation import Lane, Method
from router.ports.schedule import DueWork
from tests.adapters.builders import ACME, EDITS, POSTS, after, key_of, queued, sending, waiting, write

DUE, LANE = "alert-router:{acme}:due", "alert-router:{acme}:lane:#alerts:post"


@pytest.fixture
async def store(redis: Connection, raw: Any) -> GroupStore:
    await raw.set("alert-router:{acme}:epoch", "1")
    return GroupStore(redis)


@pytest.mark.parametrize("lane", [POSTS, EDITS, Lane("C0123456", Method.POST)])
def test_a_lane_is_read_back_from_how_it_is_listed(lane: Lane) -> None:
    assert keys.lane_of(keys.lane_member(lane)) == lane


async def test_a_lane_is_listed_beside_the_groups_by_channel_and_method(store: GroupStore, raw: Any) -> None:
    await store.apply([write(AlertGroup(key_of()), queued(waiting()), now=after(1))])

    assert await raw.zrange(DUE, 0, -1, withscores=True) == [("lane:#alerts:post", after(1) // 1000)]
    assert await raw.zrange(LANE, 0, -1) == [key_of().group_id]


async def test_a_lane_that_becomes_empty_leaves_no_key(store: GroupStore, raw: Any) -> None:
    await store.apply([write(AlertGroup(key_of()), queued(waiting()))])
    [first] = await store.load(ACME, [key_of().group_id])
    assert isinstance(first, AlertGroup)

    await store.apply([write(first, sending(first, until=after(30)), lane_at=after(30))])

    assert await raw.zrange(DUE, 0, -1) == [key_of().group_id]
    assert not await raw.exists(LANE)


async def test_what_was_never_stored_is_dropped_out_of_lanes_and_due(redis: Connection, raw: Any) -> None:
    schedule, stray = RedisSchedule(redis), GroupId("0" * 32)
    await raw.zadd(LANE, {stray: 1})
    await raw.zadd(DUE, {stray: 1, "lane:#alerts:post": 1})

    await schedule.drop_from_lane(ACME, POSTS, stray)
    await schedule.drop_due(ACME, stray)
    await schedule.drop_from_lane(ACME, POSTS, None)

    assert not await raw.exists(LANE, DUE)


async def test_lanes_of_a_newer_release_are_left_to_it_and_hold_nobody_up(redis: Connection, raw: Any) -> None:
    await raw.set("alert-router:{acme}:epoch", "1")
    newer = [f"lane:C{number}:carrier-pigeon" for number in range(3)]
    await raw.zadd(DUE, dict.fromkeys(newer, after(1) // 1000))
    await GroupStore(redis).apply([write(AlertGroup(key_of()), queued(waiting()), now=after(2))])
    schedule, now = RedisSchedule(redis), after(5)

    with capture_logs() as logs:
        first = await schedule.due(ACME, now, 3)
        then = [await schedule.due(ACME, now, 3) for _ in range(3)]

    assert first == DueWork((), ())
    assert then == [DueWork((), (POSTS,))] * 3
    assert await raw.zmscore(DUE, newer) == [(now + LEFT_FOR) // 1000] * 3
    assert (await schedule.lanes(ACME), await schedule.live(ACME)) == ([POSTS], [key_of().group_id])
    assert [one["event"] for one in logs] == ["lane_unknown"]


async def test_a_lane_that_the_newer_release_has_emptied_is_not_brought_back(redis: Connection, raw: Any) -> None:
    schedule = RedisSchedule(redis)

    await schedule._leave(["lane:C1:carrier-pigeon"], DUE, after(1))

    assert not await raw.exists(DUE)
