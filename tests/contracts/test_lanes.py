"""When a lane is looked at, and who stands first in it."""

from router.core.model.instant import Instant
from router.core.model.phase import Rank
from tests.adapters.builders import ACME, EDITS, NOON, POSTS, after, idle, key_of, queued, sending, waiting
from tests.contracts.shelf import Shelf


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
    assert await shelf.order() == ["B"]


async def test_who_leaves_without_a_wish_lets_the_next_go_at_once(shelf: Shelf) -> None:
    first = await shelf.put(queued(waiting("A"), EDITS))
    await shelf.put(queued(waiting("B"), EDITS))
    await shelf.schedule.try_lane_at(ACME, EDITS, after(60))

    await shelf.put(sending(first, until=after(30)), now=after(1))

    assert await shelf.looked_at(EDITS) == after(1)


async def test_a_lane_that_becomes_empty_is_not_looked_at_again(shelf: Shelf) -> None:
    first = await shelf.put(queued(waiting("A")))

    await shelf.put(sending(first, until=after(30)), lane_at=after(30))

    assert await shelf.looked_at() is None


async def test_a_settled_call_frees_its_lane_for_those_who_waited(shelf: Shelf) -> None:
    first = await shelf.put(queued(waiting("A")))
    await shelf.put(queued(waiting("B")))
    first = await shelf.put(sending(first, until=after(30)), lane_at=after(30))

    await shelf.put(idle(first), now=after(2))

    assert await shelf.looked_at() == after(2)


async def test_a_call_that_goes_on_frees_no_lane(shelf: Shelf) -> None:
    first = await shelf.put(queued(waiting("A")))
    await shelf.put(queued(waiting("B")))
    first = await shelf.put(sending(first, until=after(30)), lane_at=after(30))

    await shelf.put(first, now=after(2))

    assert await shelf.looked_at() == after(30)


async def test_a_settled_call_of_an_empty_lane_leaves_it_alone(shelf: Shelf) -> None:
    first = await shelf.put(queued(waiting("A")))
    first = await shelf.put(sending(first, until=after(30)), lane_at=after(30))

    await shelf.put(idle(first), now=after(2))

    assert await shelf.looked_at() is None


async def test_a_limited_call_queues_again_and_the_whole_lane_waits_as_asked(shelf: Shelf) -> None:
    first = await shelf.put(queued(waiting("A")))
    await shelf.put(queued(waiting("B"), since=after(1)))
    first = await shelf.put(sending(first, until=after(30)), lane_at=after(30))

    await shelf.put(queued(first), now=after(2), lane_at=after(90))

    assert await shelf.looked_at() == after(90)
    assert await shelf.order() == ["A", "B"]


async def test_a_settled_call_that_has_more_to_send_in_its_lane_frees_it(shelf: Shelf) -> None:
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
    assert (await shelf.order(POSTS), await shelf.order(EDITS)) == (["B"], ["A"])


async def test_what_limits_one_lane_does_not_limit_the_one_that_is_entered(shelf: Shelf) -> None:
    first = await shelf.put(queued(waiting("A")))
    await shelf.put(queued(waiting("B")))
    first = await shelf.put(sending(first, until=after(30)), lane_at=after(30))

    await shelf.put(queued(first, EDITS), now=after(2), lane_at=after(90))

    assert (await shelf.looked_at(POSTS), await shelf.looked_at(EDITS)) == (after(90), after(2))


async def test_who_changes_lanes_stands_in_one_only(shelf: Shelf) -> None:
    first = await shelf.put(queued(waiting("A")))

    await shelf.put(queued(first, EDITS), now=after(3))

    assert (await shelf.looked_at(POSTS), await shelf.looked_at(EDITS)) == (None, after(3))
    assert (await shelf.order(POSTS), await shelf.order(EDITS)) == ([], ["A"])


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

    assert await shelf.schedule.heads(ACME, [EDITS, POSTS]) == [[], [key_of("E").group_id]]
    assert await shelf.order() == ["E", "D", "C", "B", "A"]


async def test_a_rank_that_rises_moves_to_the_front(shelf: Shelf) -> None:
    await shelf.put(queued(waiting("A"), since=after(1)))
    await shelf.put(queued(waiting("B"), since=after(2)))

    await shelf.put(queued(waiting("B"), since=after(2), rank=Rank.URGENT))

    assert await shelf.order() == ["B", "A"]
