"""How far partitions are read, by what the consumer has learned with its fetches."""

import asyncio
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import IllegalStateError, KafkaError

from router.core.model.instant import MILLISECOND, Span
from router.ports.kafka import Progress

_TIMEOUT_S: Final = 2.0


@dataclass(frozen=True, slots=True)
class _Goal:
    """The end of a partition as it was fetched at that time, ms: when that is read, all until then is."""

    end: int
    fetched_ms: int


class Reading:
    """One consumer's partitions; where nothing was handled since they were given to us, the group's commit counts."""

    def __init__(self) -> None:
        self._generation = 0
        self._committed: dict[TopicPartition, int] = {}
        self._goals: dict[TopicPartition, _Goal] = {}
        self._read_ms: dict[TopicPartition, int] = {}

    async def progress(
        self, consumer: AIOKafkaConsumer | None, handled: Mapping[TopicPartition, int], generation: int
    ) -> list[Progress]:
        """Of each partition, of others by name alone; `handled` are the offsets that follow what was handled."""
        if consumer is None:
            return []
        if generation != self._generation:
            self._generation = generation
            for known in (self._committed, self._goals, self._read_ms):
                known.clear()
        ours = consumer.assignment()
        return [
            await self._of(consumer, one, handled.get(one)) if one in ours else Progress(_name(one))
            for one in sorted({*ours, *_all(consumer)})
        ]

    async def _of(self, consumer: AIOKafkaConsumer, partition: TopicPartition, handled: int | None) -> Progress:
        try:
            read = await self._committed_of(consumer, partition) if handled is None else handled
            end, fetched_ms = consumer.highwater(partition), consumer.last_poll_timestamp(partition)
        except (AssertionError, IllegalStateError, KafkaError, TimeoutError):  # it was taken away, or Kafka is
            return Progress(_name(partition))
        if end is None or fetched_ms is None:
            return Progress(_name(partition))
        self._reach(partition, read, _Goal(end, fetched_ms))
        now_ms = round(time.time() * 1000)  # noqa: TID251 - by the clock that the client stamps with
        read_ms = self._read_ms.get(partition)
        age = None if read_ms is None else Span(max(0, now_ms - read_ms) * MILLISECOND)
        return Progress(_name(partition), max(0, end - read), age)

    def _reach(self, partition: TopicPartition, read: int, newest: _Goal) -> None:
        """A partition into which more comes all the time is never read to its end, but always to an earlier one."""
        goal = self._goals.setdefault(partition, newest)
        if read >= newest.end:
            goal = newest
        if read >= goal.end:
            self._read_ms[partition], self._goals[partition] = goal.fetched_ms, newest

    async def _committed_of(self, consumer: AIOKafkaConsumer, partition: TopicPartition) -> int:
        """What the group has committed; 0 for nothing, so that all that is there counts as unread."""
        if partition not in self._committed:
            async with asyncio.timeout(_TIMEOUT_S):
                self._committed[partition] = await consumer.committed(partition) or 0
        return self._committed[partition]


def _name(partition: TopicPartition) -> str:
    return f"{partition.topic}/{partition.partition}"


def _all(consumer: AIOKafkaConsumer) -> Iterable[TopicPartition]:
    for topic in consumer.subscription():
        for number in consumer.partitions_for_topic(topic) or ():
            yield TopicPartition(topic, number)
