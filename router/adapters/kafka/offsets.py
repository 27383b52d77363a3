"""Offsets of partitions: where a batch begins, what follows it, and what is read next."""

from collections.abc import Sequence

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.errors import IllegalStateError


async def position_of(consumer: AIOKafkaConsumer, partition: TopicPartition) -> int | None:
    """What is read next of a partition; None where it is not ours any more."""
    try:
        return await consumer.position(partition) if partition in consumer.assignment() else None
    except IllegalStateError:
        return None  # it was taken away just now


def partition_of(one: ConsumerRecord) -> TopicPartition:
    """Where the record is."""
    return TopicPartition(one.topic, one.partition)


def beginning(batch: Sequence[ConsumerRecord]) -> dict[TopicPartition, int]:
    """The offset of the first record of each partition."""
    found: dict[TopicPartition, int] = {}
    for one in batch:
        place = partition_of(one)
        found[place] = min(one.offset, found.get(place, one.offset))
    return found


def following(batch: Sequence[ConsumerRecord]) -> dict[TopicPartition, int]:
    """The offset after the last record of each partition."""
    found: dict[tuple[str, int], int] = {}
    for one in batch:
        place = one.topic, one.partition
        if one.offset >= found.get(place, 0):
            found[place] = one.offset + 1
    return {TopicPartition(*place): offset for place, offset in found.items()}
