"""How far partitions are read, also of those into which more comes all the time."""

import time
from typing import Any

from aiokafka import TopicPartition

from router.adapters.kafka.progress import Reading
from router.core.model.instant import SECOND
from router.ports.kafka import Progress

P0, P1, P2 = (TopicPartition("in", number) for number in range(3))


class Consumer:
    """What aiokafka's consumer knows."""

    def __init__(self) -> None:
        self.ends: dict[TopicPartition, int] = {P0: 0, P1: 0}
        self.commits: dict[TopicPartition, int] = {}
        self.asked = 0
        self.fetched_ago_s = 0.0

    def assignment(self) -> set[TopicPartition]:
        return {P0, P1}

    def subscription(self) -> frozenset[str]:
        return frozenset({"in"})

    def partitions_for_topic(self, topic: str) -> set[int]:
        return {0, 1, 2}

    async def committed(self, partition: TopicPartition) -> int | None:
        self.asked += 1
        return self.commits.get(partition)

    def highwater(self, partition: TopicPartition) -> int | None:
        return self.ends.get(partition)

    def last_poll_timestamp(self, partition: TopicPartition) -> int | None:
        return round((time.time() - self.fetched_ago_s) * 1000)


async def look(
    reading: Reading, consumer: Any, handled: dict[TopicPartition, int], generation: int = 1
) -> list[Progress]:
    return await reading.progress(consumer, handled, generation)


async def test_before_it_has_begun_nothing_is_known() -> None:
    assert await Reading().progress(None, {}, 0) == []


async def test_what_is_read_to_its_end_is_read_until_it_was_fetched() -> None:
    reading, consumer = Reading(), Consumer()
    consumer.ends[P0], consumer.fetched_ago_s = 7, 3

    first, _, other = await look(reading, consumer, {P0: 7, P1: 0})

    assert (first.partition, first.lag) == ("in/0", 0)
    assert first.read_age is not None
    assert 2.9 * SECOND < first.read_age < 5 * SECOND
    assert other == Progress("in/2"), "of another worker"


async def test_what_is_unread_counts_and_is_read_until_its_end_as_it_was() -> None:
    reading, consumer = Reading(), Consumer()
    consumer.ends[P0], consumer.fetched_ago_s = 10, 60
    [first, *_] = await look(reading, consumer, {P0: 4})
    assert (first.lag, first.read_age) == (6, None)

    consumer.ends[P0], consumer.fetched_ago_s = 20, 0
    [first, *_] = await look(reading, consumer, {P0: 10})

    assert first.lag == 10
    assert first.read_age is not None
    assert 59 * SECOND < first.read_age < 62 * SECOND, "all that was there a minute ago"


async def test_where_nothing_was_handled_the_commit_counts_and_is_asked_for_once() -> None:
    reading, consumer = Reading(), Consumer()
    consumer.ends, consumer.commits = {P0: 5, P1: 5}, {P0: 5}

    await look(reading, consumer, {})
    first, second, _ = await look(reading, consumer, {})

    assert (first.lag, second.lag) == (0, 5)
    assert consumer.asked == 2
    await look(reading, consumer, {}, generation=2)
    assert consumer.asked == 4, "others may have committed meanwhile"
