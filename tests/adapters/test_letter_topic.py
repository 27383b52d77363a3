"""A topic read from a time to its end, on a real broker: all of it, and no more than was asked for."""

import asyncio
import socket
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from aiokafka import AIOKafkaProducer

from router.adapters.kafka import letters
from router.adapters.kafka.connecting import KafkaConnection
from router.adapters.kafka.letters import LetterTopic
from router.adapters.kafka.topics import ensure_topics
from router.core.model.instant import NEVER, SECOND, Instant, from_datetime
from router.errors import OperationError, UnavailableError
from router.ports.kafka import Record

PARTITIONS = 3
UNPACKED = 1 << 20


@pytest.fixture
async def topic(kafka: KafkaConnection, unique: str) -> str:
    await ensure_topics(kafka, [unique], create=True, partitions=PARTITIONS, replication_factor=1)
    return unique


@pytest.fixture
async def producer(kafka: KafkaConnection) -> AsyncIterator[AIOKafkaProducer]:
    async with AIOKafkaProducer(bootstrap_servers=kafka.bootstrap_servers) as producer:
        yield producer


async def read(kafka: KafkaConnection, topic: str, since: Instant = NEVER) -> list[Record]:
    found: list[Record] = []

    async def take(record: Record) -> None:
        found.append(record)

    async with asyncio.timeout(20):
        await LetterTopic(kafka, topic, UNPACKED).read(since, take)
    return found


async def test_all_records_of_all_partitions_are_read_with_their_headers(
    kafka: KafkaConnection, topic: str, producer: AIOKafkaProducer
) -> None:
    values = [b"%d" % number for number in range(250)]
    headers = [("a", b"1")]
    waits = [
        await producer.send(topic, one, partition=number % 2, headers=headers) for number, one in enumerate(values)
    ]
    await asyncio.gather(*waits)

    found = await read(kafka, topic)

    assert sorted(one.value or b"" for one in found) == sorted(values)
    assert {one.headers for one in found} == {tuple(headers)}
    assert {one.topic for one in found} == {topic}


async def test_the_same_is_read_by_the_next_command(
    kafka: KafkaConnection, topic: str, producer: AIOKafkaProducer
) -> None:
    await producer.send_and_wait(topic, b"x", partition=0)

    assert [one.value for one in await read(kafka, topic)] == [b"x"]
    assert [one.value for one in await read(kafka, topic)] == [b"x"]


async def test_an_empty_topic_has_nothing(kafka: KafkaConnection, topic: str) -> None:
    assert await read(kafka, topic) == []


async def test_what_was_appended_before_may_be_left_out(
    kafka: KafkaConnection, topic: str, producer: AIOKafkaProducer
) -> None:
    now = from_datetime(datetime.now(UTC))
    old, new = (now - 7200 * SECOND) // 1000, (now - 60 * SECOND) // 1000
    await producer.send_and_wait(topic, b"old", partition=0, timestamp_ms=old)
    await producer.send_and_wait(topic, b"new", partition=0, timestamp_ms=new)
    await producer.send_and_wait(topic, b"old", partition=1, timestamp_ms=old)

    found = [one.value for one in await read(kafka, topic, Instant(now - 3600 * SECOND))]

    assert b"new" in found


async def test_a_topic_that_is_not_there_is_named(kafka: KafkaConnection, unique: str) -> None:
    with pytest.raises(OperationError, match=unique):
        await read(kafka, f"{unique}-nowhere")


async def test_a_broker_that_cannot_be_reached_is_named_with_its_setting() -> None:
    with pytest.raises(UnavailableError, match="ALERT_ROUTER_KAFKA__BOOTSTRAP_SERVERS"):
        await read(KafkaConnection("127.0.0.1:1"), "alerts.dead-letter")


async def test_a_broker_that_takes_connections_and_never_answers_is_given_up_soon(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(letters, "_REACHED_S", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(UnavailableError, match=f"Kafka: no answer in time from {address}"):
            await read(KafkaConnection(address), "alerts.dead-letter")
