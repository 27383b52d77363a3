"""How far partitions are read, by what the consumer has learned with its last fetch."""

import asyncio
import time
from collections.abc import Mapping
from typing import Final

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import IllegalStateError, KafkaError

from router.core.model.instant import MILLISECOND, Span
from router.ports.kafka import Progress

_TIMEOUT_S: Final = 2.0


class Reading:
    """One consumer's partitions; where nothing was handled since they were given to us, the group's commit counts."""

    def __init__(self) -> None:
        self._generation = 0
        self._committed: dict[TopicPartition, int] = {}

    async def progress(
        self, consumer: AIOKafkaConsumer | None, handled: Mapping[TopicPartition, int], generation: int
    ) -> list[Progress]:
        """Of each partition of ours; `handled` are the offsets that follow what was handled in this generation."""
        if consumer is None:
            return []
        if generation != self._generation:
            self._generation, self._committed = generation, {}
        return [await self._of(consumer, one, handled.get(one)) for one in sorted(consumer.assignment())]

    async def _of(self, consumer: AIOKafkaConsumer, partition: TopicPartition, handled: int | None) -> Progress:
        name = f"{partition.topic}/{partition.partition}"
        try:
            read = await self._committed_of(consumer, partition) if handled is None else handled
            end, fetched_ms = consumer.highwater(partition), consumer.last_poll_timestamp(partition)
        except (AssertionError, IllegalStateError, KafkaError, TimeoutError):  # it was taken away, or Kafka is
            return Progress(name)
        if end is None or fetched_ms is None:
            return Progress(name)
        age = max(0, round(time.time() * 1000) - fetched_ms)  # noqa: TID251 - by the clock that the client stamps with
        return Progress(name, max(0, end - read), Span(age * MILLISECOND))

    async def _committed_of(self, consumer: AIOKafkaConsumer, partition: TopicPartition) -> int:
        """What the group has committed; 0 for nothing, so that all that is there counts as unread."""
        if partition not in self._committed:
            async with asyncio.timeout(_TIMEOUT_S):
                self._committed[partition] = await consumer.committed(partition) or 0
        return self._committed[partition]
