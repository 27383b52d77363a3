"""The held topic on a real broker: read in passes, committed where the first record waits, and never passed over."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import Final
from unittest.mock import patch

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.errors import CorruptRecordException, IllegalStateError
from structlog.testing import capture_logs

from router.adapters.kafka.connecting import ConsumerOptions, KafkaConnection
from router.adapters.kafka.held import HeldTopic
from router.adapters.kafka.topics import ensure_topics
from router.errors import UnavailableError
from router.ports.kafka import Record

COUNT: Final = 5


def member(kafka: KafkaConnection, name: str) -> HeldTopic:
    options = ConsumerOptions((name,), f"{name}-group", 100, 50, 20, 6000, 5.0)
    return HeldTopic(kafka, options)


@asynccontextmanager
async def reading(kafka: KafkaConnection, name: str) -> AsyncIterator[HeldTopic]:
    topic = member(kafka, name)
    try:
        yield topic
    finally:
        await topic.close()


async def read(topic: HeldTopic, count: int) -> list[Record]:
    """So many records, in as many readings as it takes."""
    found: list[Record] = []
    async with asyncio.timeout(20):
        while len(found) < count:
            found += await topic.read()
    return found


@contextmanager
def unavailable() -> Iterator[None]:
    with pytest.raises(UnavailableError):
        yield


def offsets(records: Sequence[Record]) -> list[int]:
    return [one.offset for one in records]


@pytest.fixture
async def filled(kafka: KafkaConnection, unique: str) -> str:
    await ensure_topics(kafka, [unique], create=True, partitions=1, replication_factor=1)
    async with AIOKafkaProducer(bootstrap_servers=kafka.bootstrap_servers, acks="all") as producer:
        for number in range(COUNT):
            await producer.send_and_wait(unique, b"%d" % number, key=b"k", headers=[("held_reason", b"busy")])
    return unique


@pytest.mark.long
@pytest.mark.night
async def test_passes_begin_where_the_first_record_waits_and_so_does_whoever_comes_next(
    kafka: KafkaConnection, filled: str
) -> None:
    async with reading(kafka, filled) as topic:
        await topic.go_on_from({0: 3})  # nothing was read yet
        assert offsets(await read(topic, COUNT)) == list(range(COUNT))
        generation = topic.generation
        assert await topic.read() == []

        await topic.go_on_from({0: 2})
        assert offsets(await read(topic, 3)) == [2, 3, 4]

        await topic.go_on_from({0: 3})
        assert offsets(await read(topic, 2)) == [3, 4]
        assert topic.generation == generation > 0

        with patch.object(AIOKafkaConsumer, "getmany", side_effect=CorruptRecordException), unavailable():
            await topic.read()
        assert await topic.read() == [], "what was read is not read again"

        with patch.object(AIOKafkaConsumer, "commit", side_effect=IllegalStateError):
            await topic.go_on_from({0: 4})
        assert offsets(await read(topic, 1)) == [4]

    async with reading(kafka, filled) as topic:
        [first, _] = await read(topic, 2)
        assert (first.offset, first.value, first.key) == (3, b"3", b"k")
        assert first.headers == (("held_reason", b"busy"),)
        await topic.go_on_from({})
        assert await committed(kafka, filled) == COUNT


async def test_a_pass_that_reads_nothing_does_not_commit_past_what_is_still_held(
    kafka: KafkaConnection, filled: str
) -> None:
    """The next pass may be cut, or fail, before it has read the partition again."""
    async with reading(kafka, filled) as topic:
        await read(topic, COUNT)
        await topic.go_on_from({0: 2})

        await topic.go_on_from({})
        with patch.object(AIOKafkaConsumer, "getmany", side_effect=CorruptRecordException), unavailable():
            await topic.read()

        assert await committed(kafka, filled) == 2
        assert offsets(await read(topic, 3)) == [2, 3, 4]


async def test_a_fetch_that_fails_before_anything_was_read_passes_nothing_over(
    kafka: KafkaConnection, filled: str
) -> None:
    async with reading(kafka, filled) as topic:
        await topic.read()
        topic._next.clear()
        consumer = topic._consumer
        assert consumer is not None
        with patch.object(consumer, "getmany", side_effect=CorruptRecordException), unavailable():
            await topic.read()

        assert offsets(await read(topic, COUNT)) == list(range(COUNT))


async def test_without_kafka_there_is_nothing_to_read_and_nothing_left_open() -> None:
    topic = member(KafkaConnection("127.0.0.1:1"), "held")

    with unavailable():
        await topic.read()

    await topic.close()


async def committed(kafka: KafkaConnection, name: str) -> int | None:
    async with AIOKafkaConsumer(
        bootstrap_servers=kafka.bootstrap_servers, group_id=f"{name}-group", enable_auto_commit=False
    ) as other:
        partition = TopicPartition(name, 0)
        other.assign([partition])
        offset: int | None = await other.committed(partition)
        return offset


async def test_a_commit_that_fails_again_and_again_is_one_line_a_minute(kafka: KafkaConnection, filled: str) -> None:
    async with reading(kafka, filled) as topic:
        await read(topic, COUNT)
        with patch.object(AIOKafkaConsumer, "commit", side_effect=IllegalStateError), capture_logs() as logged:
            for offset in (1, 2, 3):
                await topic.go_on_from({0: offset})
        await topic.go_on_from({0: COUNT})

    assert [(one["event"], one["times"]) for one in logged] == [("commit_failed", 1)]
