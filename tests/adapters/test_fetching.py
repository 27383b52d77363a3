"""A batch out of what was fetched: a partition at a time, so that nobody waits for what all of them unpack to."""

import asyncio
from collections.abc import Sequence
from typing import Any, cast

from aiokafka import TopicPartition

from router.adapters.kafka.fetching import next_batch

P0, P1, P2 = (TopicPartition("alerts.inbound", number) for number in range(3))


class Fetched:
    """A consumer that has fetched these, and notes how often others had their turn before each was unpacked."""

    def __init__(self, fetched: dict[TopicPartition, list[str]]) -> None:
        self._fetched = {partition: list(names) for partition, names in fetched.items()}
        self.turns = 0
        self.unpacked: list[tuple[TopicPartition, int]] = []

    def assignment(self) -> set[TopicPartition]:
        return set(self._fetched)

    async def getmany(
        self, *partitions: TopicPartition, timeout_ms: int, max_records: int
    ) -> dict[TopicPartition, Sequence[str]]:
        found: dict[TopicPartition, Sequence[str]] = {}
        for partition, names in self._fetched.items():
            if names and max_records and (not partitions or partition in partitions):
                self.unpacked.append((partition, self.turns))
                found[partition], self._fetched[partition] = names[:max_records], names[max_records:]
                max_records -= len(found[partition])
        return found


async def batch(fetched: Fetched, max_records: int = 100) -> tuple[Any, ...]:
    return await next_batch(cast("Any", fetched), timeout_ms=0, max_records=max_records)


async def count_turns(fetched: Fetched) -> None:
    while True:
        fetched.turns += 1
        await asyncio.sleep(0)


async def test_nothing_fetched_is_an_empty_batch() -> None:
    assert await batch(Fetched({P0: []})) == ()


async def test_all_that_was_fetched_comes_in_the_order_of_each_partition() -> None:
    fetched = Fetched({P1: ["b1", "b2"], P0: ["a1", "a2", "a3"], P2: []})

    assert await batch(fetched) == ("b1", "a1", "a2", "a3", "b2")
    assert await batch(fetched) == ()


async def test_a_batch_is_bounded_and_the_rest_comes_next() -> None:
    fetched = Fetched({P0: ["a1", "a2", "a3"], P1: ["b1", "b2"]})

    assert await batch(fetched, 1) == ("a1",)
    assert await batch(fetched, 3) == ("a2", "a3", "b1")
    assert await batch(fetched, 3) == ("b2",)


async def test_others_have_a_turn_between_two_partitions() -> None:
    fetched = Fetched({P0: ["a1", "a2"], P1: ["b1"], P2: ["c1"]})
    other = asyncio.create_task(count_turns(fetched))
    try:
        await batch(fetched)
    finally:
        other.cancel()

    turns = dict(fetched.unpacked)
    assert list(turns) == [P0, P1, P2]
    assert turns[P0] < turns[P1] < turns[P2]
