"""One step at a time works on an owner's records; others' pass it by, and nobody waits for ever."""

import asyncio
from collections import Counter
from contextlib import suppress

from hypothesis import given
from hypothesis import strategies as st

from router.roles.ingest.at_work import AtWork
from tests.examples import examples

OWNERS = "abcd"


async def test_who_is_free_is_passed_to_a_step_at_once_and_who_is_busy_later() -> None:
    at_work = AtWork[str]()

    async with at_work.some_of(["a", "b"]) as first, at_work.some_of(["b", "c"]) as second:
        assert (sorted(first), sorted(second)) == (["a", "b"], ["c"])
    async with at_work.some_of(["b", "c"]) as third:
        assert third == {"b", "c"}


async def test_those_who_ask_for_the_same_are_served_in_their_order() -> None:
    at_work, served = AtWork[str](), list[int]()

    async def step(number: int) -> None:
        async with at_work.some_of(["a"]):
            served.append(number)
            await asyncio.sleep(0)

    await asyncio.gather(*(step(number) for number in range(5)))

    assert served == list(range(5))


async def test_who_gives_up_waiting_leaves_the_line() -> None:
    at_work = AtWork[str]()

    async with at_work.some_of(["a"]):
        waiting = asyncio.create_task(_once(at_work, "a"))
        await asyncio.sleep(0)
        waiting.cancel()
        with suppress(asyncio.CancelledError):
            await waiting

    async with asyncio.timeout(5), at_work.some_of(["a"]) as mine:
        assert mine == {"a"}


async def _once(at_work: AtWork[str], owner: str) -> None:
    async with at_work.some_of([owner]):
        pass


@examples(100)
@given(st.lists(st.tuples(st.sets(st.sampled_from(OWNERS), min_size=1), st.integers(0, 3)), max_size=12))
async def test_all_that_is_asked_for_is_done_and_no_owners_twice_at_once(batches: list[tuple[set[str], int]]) -> None:
    at_work, busy, done = AtWork[str](), set[str](), Counter[str]()

    async def batch(owners: set[str], turns: int) -> None:
        left = sorted(owners)
        while left:
            async with at_work.some_of(left) as mine:
                assert mine
                assert not busy & mine
                busy.update(mine)
                for _ in range(turns):
                    await asyncio.sleep(0)
                busy.difference_update(mine)
            done.update(mine)
            left = [owner for owner in left if owner not in mine]

    async with asyncio.timeout(5):
        await asyncio.gather(*(batch(owners, turns) for owners, turns in batches))

    assert done == Counter(owner for owners, _ in batches for owner in owners)
