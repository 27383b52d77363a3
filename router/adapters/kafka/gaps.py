"""Records that a broker hands out later than those behind them: they are waited for, where that happens.

Apache Kafka hands out a partition's records in their order. The engine that `up` embeds counts a batch before it has
stored it: who reads just then gets the next batch in its place, and would be past the first one for ever. A place
that is never filled is passed after a while, as one is that a compaction or a transaction has left empty.
"""

import asyncio
from collections.abc import Mapping, Set
from typing import Final

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition

from router.adapters.kafka.offsets import partition_of

LOOK_S: Final = 0.025
"""Seconds between two looks: what is behind a gap is fetched again with each, and may be large."""

Batch = tuple[ConsumerRecord, ...]


class Gaps:
    """What follows in each partition, and since when a place is passed over; `wait_s` 0 takes all as it comes."""

    def __init__(self, wait_s: float) -> None:
        self._wait_s = wait_s
        self._next: dict[TopicPartition, int] = {}
        self._since: dict[TopicPartition, tuple[int, float]] = {}

    def forget(self) -> None:
        """Partitions were given to us: others may have read on in them."""
        self._next.clear()
        self._since.clear()

    def without_late(self, consumer: AIOKafkaConsumer, batch: Batch, now: float) -> Batch:
        """The records that follow what was handed out before; the others are fetched again, at `now` seconds."""
        if not self._wait_s:
            return batch
        kept, again = self.split(batch, now)
        ours = again.keys() & consumer.assignment()
        for partition in ours:
            consumer.seek(partition, again[partition])
            consumer.pause(partition)
        if ours:
            asyncio.get_running_loop().call_later(LOOK_S, _resume, consumer, ours)
        return kept

    def split(self, batch: Batch, now: float) -> tuple[Batch, Mapping[TopicPartition, int]]:
        """The records that follow what came before, and for the others where to read again."""
        kept, again = list[ConsumerRecord](), dict[TopicPartition, int]()
        for one in batch:
            partition = partition_of(one)
            if partition in again:
                continue
            if self._is_awaited(partition, one.offset, now):
                again[partition] = self._next[partition]
            else:
                self._next[partition] = one.offset + 1
                kept.append(one)
        return tuple(kept), again

    def _is_awaited(self, partition: TopicPartition, offset: int, now: float) -> bool:
        """Whether what should come before this offset may still come."""
        place = self._next.get(partition, offset)
        if offset <= place:
            return False
        known, since = self._since.get(partition, (-1, now))
        if known != place:
            self._since[partition] = place, now
            return True
        return now - since < self._wait_s


def _resume(consumer: AIOKafkaConsumer, partitions: Set[TopicPartition]) -> None:
    for partition in partitions & consumer.assignment():
        consumer.resume(partition)
