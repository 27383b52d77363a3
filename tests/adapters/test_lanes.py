"""When a lane is looked at, who stands first in it, and that nothing falls out of `due` and lanes both."""

import asyncio
from typing import Any

import pytest

from router.adapters.redis import keys
from router.adapters.redis.books import RedisConfigurationMarks
from router.adapters.redis.connection import Connection
from router.adapters.redis.groups import GroupStore
from router.adapters.redis.schedule import RedisSchedule
from router.core.model.group import AlertGroup
from router.core.model.instant import NEVER, Instant
from router.core.model.operation import Lane, Method
from router.core.model.phase import Rank
from router.ports.schedule import DueWork
from tests.adapters.builders import (
    ACME,
    BETA,
    EDITS,
    NOON,
    POSTS,
    after,
    idle,
    key_of,
    queued,
    sending,
    waiting,
    write,
)


class Shelf:
    """A tenant's notifications, moved by hand; looks straight into Redis."""

    def __init__(self, redis: Connection, raw: Any) -> None:
        self.store = GroupStore(redis)
        self.schedule = RedisSchedule(redis)
        self.marks = RedisConfigurationMarks(redis)
        self.raw = raw

    async def put(self, then: AlertGroup, *, now: Instant = NOON, lane_at: Instant = NEVER) -> AlertGroup:
        """Store the next state of a notification, whatever it was; as it is then stored."""
        nid = then.key.group_id
        [before] = await self.store.load(ACME, [nid])
        [answer] = await self.store.apply(
            [
                write(
                    before if isinstance(before, AlertGroup) else AlertGroup(then.key), then, now=now, lane_at=lane_at
                )
            ]
        )
        assert answer == "ok"
        [stored] = await self.store.load(ACME, [nid])
        assert isinstance(stored, AlertGroup)
        return stored

    async def looked_at(self, lane: Lane = POSTS) -> Instant | None:
        """When the lane is looked at next; None: not."""
        found = await self.raw.zscore("alert-router:{acme}:due", f"lane:{lane.channel}:{lane.method}")
        return None if found is None else Instant(int(found) * 1000)

    async def members(self, lane: Lane = POSTS) -> list[str]:
        names = {key_of(name).group_id: name for name in "ABCDEF"}
        return [
            names[nid]
            for nid in await self.raw.zrange(f"alert-router:{{acme}}:lane:{lane.channel}:{lane.method}", 0, -1)
        ]


@pytest.fixture
async def shelf(redis: Connection, raw: Any) -> Shelf:
    await raw.set("alert-router:{acme}:epoch", "1")
    return Shelf(redis, raw)


async def test_an_empty_lane_is_looked_at_as_soon_as_somebody_enters(shelf: Shelf) -> None:
    await shelf.put(queued(waiting()), now=after(7))

    assert await shelf.looked_at() == after(7)


async def test_who_enters_later_does_not_change_when_the_lane_is_looked_at(shelf: Shelf) -> None:
    await shelf.put(queued(waiting("A")))
    await shelf.schedule.try_lane_at(ACME, POSTS, after(60))

    await shelf.put(queued(waiting("B")), now=after(1))
    await shelf.put(queued(waiting("A", alerts=2)), now=after(2))

    assert await shelf.looked_at() == after(60)


async def test_a_lane_may_be_entered_with_the_wish_to_wait(shelf: Shelf) -> None:
    await shelf.put(queued(waiting("A")))

    await shelf.put(queued(waiting("B")), lane_at=after(30))

    assert await shelf.looked_at() == after(30)


async def test_a_call_taken_out_of_the_lane_makes_the_others_wait_for_its_lease(shelf: Shelf) -> None:
    first = await shelf.put(queued(waiting("A")))
    await shelf.put(queued(waiting("B")))

    await shelf.put(sending(first, until=after(30)), now=after(1), lane_at=after(30))

    assert await shelf.looked_at() == after(30)
    assert await shelf.members() == ["B"]


async def test_who_leaves_without_a_wish_lets_the_next_go_at_once(shelf: Shelf) -> None:
    first = await shelf.put(queued(waiting("A"), EDITS))
    await shelf.put(queued(waiting("B"), EDITS))
    await shelf.schedule.try_lane_at(ACME, EDITS, after(60))

    await shelf.put(sending(first, until=after(30)), now=after(1))

    assert await shelf.looked_at(EDITS) == after(1)


async def test_a_lane_that_becomes_empty_is_not_looked_at_again(shelf: Shelf, raw: Any) -> None:
    first = await shelf.put(queued(waiting("A")))

    await shelf.put(sending(first, until=after(30)), lane_at=after(30))

    assert await shelf.looked_at() is None
    assert not await raw.exists("alert-router:{acme}:lane:#alerts:post")


async def test_a_settled_call_frees_its_lane_for_those_who_waited(shelf: Shelf) -> None:
    first = await shelf.put(queued(waiting("A")))
    await shelf.put(queued(waiting("B")))
    first = await shelf.put(sending(first, until=after(30)), lane_at=after(30))

    await shelf.put(idle(first), now=after(2))

    assert await shelf.looked_at() == after(2)


async def test_a_settled_call_of_an_empty_lane_leaves_it_alone(shelf: Shelf) -> None:
    first = await shelf.put(queued(waiting("A")))
    first = await shelf.put(sending(first, until=after(30)), lane_at=after(30))

    await shelf.put(idle(first), now=after(2))

    assert await shelf.looked_at() is None


async def test_a_limited_call_queues_again_and_the_whole_lane_waits_as_shown(shelf: Shelf) -> None:
    first = await shelf.put(queued(waiting("A")))
    await shelf.put(queued(waiting("B"), since=after(1)))
    first = await shelf.put(sending(first, until=after(30)), lane_at=after(30))

    await shelf.put(queued(first), now=after(2), lane_at=after(90))

    assert await shelf.looked_at() == after(90)
    assert await shelf.members() == ["A", "B"]


async def test_a_settled_call_that_has_more_to_state_in_its_lane_frees_it(shelf: Shelf) -> None:
    first = await shelf.put(queued(waiting("A")))
    await shelf.put(queued(waiting("B")))
    first = await shelf.put(sending(first, until=after(30)), lane_at=after(30))

    await shelf.put(queued(first), now=after(2))

    assert await shelf.looked_at() == after(2)


async def test_a_settled_call_that_goes_on_in_another_lane_frees_the_first(shelf: Shelf) -> None:
    first = await shelf.put(queued(waiting("A")))
    await shelf.put(queued(waiting("B")))
    first = await shelf.put(sending(first, until=after(30)), lane_at=after(30))

    await shelf.put(queued(first, EDITS), now=after(2))

    assert (await shelf.looked_at(POSTS), await shelf.looked_at(EDITS)) == (after(2), after(2))
    assert (await shelf.members(POSTS), await shelf.members(EDITS)) == (["B"], ["A"])


async def test_who_changes_lanes_stands_in_one_only(shelf: Shelf) -> None:
    first = await shelf.put(queued(waiting("A")))

    await shelf.put(queued(first, EDITS), now=after(3))

    assert (await shelf.members(POSTS), await shelf.members(EDITS)) == ([], ["A"])
    assert (await shelf.looked_at(POSTS), await shelf.looked_at(EDITS)) == (None, after(3))


async def test_rank_goes_before_age_and_age_before_all_else(shelf: Shelf) -> None:
    far_future = Instant(NOON * 3)
    for name, rank, since in [
        ("A", Rank.REPLY, after(-900)),
        ("B", Rank.NORMAL, after(2)),
        ("C", Rank.NORMAL, after(1)),
        ("D", Rank.URGENT, far_future),
        ("E", Rank.URGENT, after(5)),
    ]:
        await shelf.put(queued(waiting(name), since=since, rank=rank))

    assert await shelf.members() == ["E", "D", "C", "B", "A"]
    assert await shelf.schedule.heads(ACME, [EDITS, POSTS]) == [None, key_of("E").group_id]


async def test_a_rank_that_rises_moves_to_the_front(shelf: Shelf) -> None:
    await shelf.put(queued(waiting("A"), since=after(1)))
    await shelf.put(queued(waiting("B"), since=after(2)))

    await shelf.put(queued(waiting("B"), since=after(2), rank=Rank.URGENT))

    assert await shelf.members() == ["B", "A"]


async def test_what_is_due_comes_oldest_first_and_never_too_early(shelf: Shelf) -> None:
    await shelf.put(waiting("A", due=Instant(after(5) + 1)))
    await shelf.put(waiting("B", due=after(3)))
    await shelf.put(queued(waiting("C")), now=after(4))

    a, b = key_of("A").group_id, key_of("B").group_id
    assert await shelf.schedule.due(ACME, after(2.999), 10) == DueWork((), ())
    assert await shelf.schedule.due(ACME, after(5), 10) == DueWork((b,), (POSTS,))
    assert await shelf.schedule.due(ACME, after(5.001), 10) == DueWork((b, a), (POSTS,))
    assert await shelf.schedule.due(ACME, after(5.001), 1) == DueWork((b,), ())
    assert await shelf.schedule.due(BETA, after(9), 10) == DueWork((), ())


async def test_the_next_due_time_is_the_earliest_of_notifications_and_lanes(shelf: Shelf, raw: Any) -> None:
    await shelf.put(waiting("A", due=after(5)))
    await shelf.put(queued(waiting("B")), now=after(4))

    assert await shelf.schedule.next_due([BETA, ACME]) == [NEVER, after(4)]
    assert await shelf.schedule.next_due([]) == []


async def test_all_that_is_live_is_found_whether_it_waits_or_queues(shelf: Shelf) -> None:
    await shelf.put(waiting("A", due=after(5)))
    await shelf.put(waiting("B", due=after(50_000)))
    await shelf.put(queued(waiting("C")))

    assert set(await shelf.schedule.live(ACME)) == {key_of(name).group_id for name in "ABC"}


async def test_the_configuration_that_all_is_routed_by_is_noted(shelf: Shelf) -> None:
    assert await shelf.marks.routed([ACME, BETA]) == [0, 0]

    await shelf.marks.note_routed(BETA, 7)

    assert await shelf.marks.routed([ACME, BETA]) == [0, 7]


async def test_an_empty_lane_is_not_brought_back_by_trying_it_later(shelf: Shelf, raw: Any) -> None:
    await shelf.schedule.try_lane_at(ACME, POSTS, after(1))

    assert not await raw.exists("alert-router:{acme}:due")


async def test_a_stray_notification_is_dropped_out_of_a_lane(shelf: Shelf, raw: Any) -> None:
    stray = await shelf.put(idle(waiting("A"), firing=1, due=after(9)))
    nid = stray.key.group_id
    await raw.zadd("alert-router:{acme}:lane:#alerts:post", {nid: 1, "0" * 32: 2})

    await shelf.schedule.drop_from_lane(ACME, POSTS, nid)
    await shelf.schedule.drop_from_lane(ACME, POSTS, "0" * 32)  # type: ignore[arg-type]

    assert await shelf.members() == []


async def test_a_notification_that_came_back_into_its_lane_meanwhile_is_not_dropped(shelf: Shelf) -> None:
    back = await shelf.put(queued(waiting("A")))

    await shelf.schedule.drop_from_lane(ACME, POSTS, back.key.group_id)

    assert await shelf.members() == ["A"]


async def test_a_lane_that_is_empty_is_dropped(shelf: Shelf, raw: Any) -> None:
    await raw.zadd("alert-router:{acme}:due", {"lane:#alerts:post": 1})

    await shelf.schedule.drop_from_lane(ACME, POSTS, None)

    assert await shelf.looked_at() is None


async def test_a_lane_that_somebody_entered_meanwhile_is_not_dropped(shelf: Shelf) -> None:
    await shelf.put(queued(waiting("A")), now=after(1))

    await shelf.schedule.drop_from_lane(ACME, POSTS, None)

    assert await shelf.looked_at() == after(1)


async def test_a_notification_that_is_gone_is_dropped_from_due(shelf: Shelf, raw: Any) -> None:
    await raw.zadd("alert-router:{acme}:due", {key_of("A").group_id: 1})

    await shelf.schedule.drop_due(ACME, key_of("A").group_id)

    assert await shelf.schedule.live(ACME) == []


async def test_a_notification_that_was_stored_meanwhile_is_not_dropped_from_due(shelf: Shelf) -> None:
    back = await shelf.put(waiting("A"))

    await shelf.schedule.drop_due(ACME, back.key.group_id)

    assert await shelf.schedule.live(ACME) == [back.key.group_id]


@pytest.mark.parametrize("lane", [POSTS, EDITS, Lane("C0123456", Method.POST)])
def test_a_lane_is_read_back_from_how_it_is_listed(lane: Lane) -> None:
    assert keys.lane_of(keys.lane_member(lane)) == lane


@pytest.mark.parametrize("lane", [None, POSTS])
async def test_a_group_that_nobody_can_read_is_out_of_the_way_until_later(shelf: Shelf, lane: Lane | None) -> None:
    first, other = await shelf.put(queued(waiting("A"))), await shelf.put(queued(waiting("B"), since=after(1)))

    await shelf.schedule.postpone(ACME, first.key.group_id, lane, after(60))

    assert await shelf.members() == (["B"] if lane else ["A", "B"])
    assert await shelf.raw.zscore("alert-router:{acme}:due", first.key.group_id) == after(60) // 1000
    assert other.key.group_id in await shelf.schedule.live(ACME)


async def test_nothing_is_lost_when_dropping_and_entering_race(shelf: Shelf) -> None:
    for round_number in range(30):
        first = await shelf.put(queued(waiting("A")))
        nid = first.key.group_id
        out = await shelf.put(sending(first, until=after(30)))

        await asyncio.gather(
            shelf.schedule.drop_from_lane(ACME, POSTS, None),
            shelf.schedule.drop_from_lane(ACME, POSTS, nid),
            shelf.put(queued(out), now=after(round_number)),
        )

        assert await shelf.members() == ["A"]
        assert await shelf.looked_at() is not None
