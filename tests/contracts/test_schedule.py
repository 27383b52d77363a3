"""What is due, when, and that nothing falls out of due times and lanes both."""

import asyncio

import pytest

from router.core.model.instant import NEVER, Instant
from router.core.model.operation import Lane
from router.ports.schedule import DueWork
from tests.adapters.builders import ACME, BETA, POSTS, after, idle, key_of, queued, sending, waiting
from tests.contracts.engines import Engine
from tests.contracts.shelf import Shelf


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


async def test_the_next_due_time_is_the_earliest_of_groups_and_lanes(shelf: Shelf) -> None:
    await shelf.put(waiting("A", due=after(5)))
    await shelf.put(queued(waiting("B")), now=after(4))

    assert await shelf.schedule.next_due([BETA, ACME]) == [NEVER, after(4)]
    assert await shelf.schedule.next_due([]) == []


async def test_all_that_is_live_is_found_whether_it_waits_or_queues(shelf: Shelf) -> None:
    await shelf.put(waiting("A", due=after(5)))
    await shelf.put(waiting("B", due=after(50_000)))
    await shelf.put(queued(waiting("C")))

    assert set(await shelf.schedule.live(ACME)) == {key_of(name).group_id for name in "ABC"}
    assert await shelf.schedule.live(BETA) == []


async def test_an_empty_lane_is_not_brought_back_by_trying_it_later(engine: Engine) -> None:
    await engine.schedule.try_lane_at(ACME, POSTS, after(1))

    assert await engine.schedule.next_due([ACME]) == [NEVER]


async def test_an_empty_lane_has_no_head(engine: Engine) -> None:
    assert await engine.schedule.heads(ACME, [POSTS]) == [[]]
    assert await engine.schedule.heads(ACME, []) == []


async def test_a_group_that_expired_in_its_lane_is_dropped_out_of_it(shelf: Shelf) -> None:
    gone = await shelf.put(queued(waiting("A")))
    await shelf.put(queued(waiting("B"), since=after(1)))
    await shelf.engine.expire(ACME, gone.key.group_id)

    await shelf.schedule.drop_from_lane(ACME, POSTS, gone.key.group_id)

    assert await shelf.order() == ["B"]


async def test_a_group_that_stands_in_its_lane_is_not_dropped(shelf: Shelf) -> None:
    back = await shelf.put(queued(waiting("A")))

    await shelf.schedule.drop_from_lane(ACME, POSTS, back.key.group_id)

    assert await shelf.order() == ["A"]


async def test_a_lane_whose_last_group_was_dropped_is_dropped_when_it_is_found_empty(shelf: Shelf) -> None:
    gone = await shelf.put(queued(waiting("A")))
    await shelf.engine.expire(ACME, gone.key.group_id)
    await shelf.schedule.drop_from_lane(ACME, POSTS, gone.key.group_id)

    await shelf.schedule.drop_from_lane(ACME, POSTS, None)

    assert await shelf.looked_at() is None


async def test_a_lane_that_somebody_entered_meanwhile_is_not_dropped(shelf: Shelf) -> None:
    await shelf.put(queued(waiting("A")), now=after(1))

    await shelf.schedule.drop_from_lane(ACME, POSTS, None)

    assert await shelf.looked_at() == after(1)


async def test_a_group_that_is_gone_is_dropped_from_due(shelf: Shelf) -> None:
    gone = await shelf.put(waiting("A"))
    await shelf.engine.expire(ACME, gone.key.group_id)

    await shelf.schedule.drop_due(ACME, gone.key.group_id)

    assert await shelf.schedule.live(ACME) == []


async def test_a_group_that_was_stored_meanwhile_is_not_dropped_from_due(shelf: Shelf) -> None:
    back = await shelf.put(waiting("A"))

    await shelf.schedule.drop_due(ACME, back.key.group_id)

    assert await shelf.schedule.live(ACME) == [back.key.group_id]


@pytest.mark.parametrize("lane", [None, POSTS])
async def test_a_group_that_nobody_can_read_is_out_of_the_way_until_later(shelf: Shelf, lane: Lane | None) -> None:
    first = await shelf.put(queued(waiting("A")))
    await shelf.put(queued(waiting("B"), since=after(1)))

    await shelf.schedule.postpone(ACME, first.key.group_id, lane, after(60))

    assert await shelf.due_at("A") == after(60)
    assert set(await shelf.schedule.live(ACME)) == {key_of(name).group_id for name in "AB"}
    assert await shelf.order() == (["B"] if lane else ["A", "B"])


async def test_nothing_is_lost_when_dropping_and_entering_race(shelf: Shelf) -> None:
    for round_number in range(30):
        first = await shelf.put(queued(waiting("A")))
        group = first.key.group_id
        out = await shelf.put(sending(first, until=after(30)))

        await asyncio.gather(
            shelf.schedule.drop_from_lane(ACME, POSTS, None),
            shelf.schedule.drop_from_lane(ACME, POSTS, group),
            shelf.put(queued(out), now=after(round_number)),
        )

        assert await shelf.schedule.heads(ACME, [POSTS]) == [[group]]
        assert POSTS in (await shelf.work()).lanes


async def test_a_group_that_goes_to_rest_is_due_at_its_timer_alone(shelf: Shelf) -> None:
    seen = await shelf.put(queued(waiting("A")))

    await shelf.put(idle(seen, due=after(99)))

    assert (await shelf.due_at("A"), await shelf.looked_at()) == (after(99), None)


async def test_how_many_groups_wait_in_each_lane_is_known(shelf: Shelf) -> None:
    await shelf.put(queued(waiting("A")))
    await shelf.put(queued(waiting("B")))

    assert await shelf.schedule.depths([(ACME, POSTS), (BETA, POSTS)]) == [2, 0]
    assert await shelf.schedule.depths([]) == []
