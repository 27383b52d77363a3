"""The broker's clock: topics that come in are made with it, and a producer's own counts for nothing."""

from datetime import UTC, datetime, timedelta

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from router.adapters.kafka.connecting import KafkaConnection
from router.adapters.kafka.letters import LetterTopic
from router.adapters.kafka.topics import ensure_topics, topic_settings
from router.core.model.instant import NEVER, SECOND, from_datetime
from router.ports.kafka import Record, Stamped
from router.roles.ingest.observed import claimed


async def made(kafka: KafkaConnection, topic: str, stamped: Stamped) -> str:
    settings = {topic: topic_settings(1, 100_000, stamped)}
    await ensure_topics(kafka, [topic], create=True, partitions=1, replication_factor=1, settings=settings)
    return topic


async def settings_of(kafka: KafkaConnection, topic: str) -> dict[str, str]:
    """What was set for the topic itself."""
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka.bootstrap_servers)
    await admin.start()
    try:
        [answer] = await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, topic)])
    finally:
        await admin.close()
    [(*_, rows)] = answer.resources
    return {name: value for name, value, *_ in rows}


async def read(kafka: KafkaConnection, topic: str) -> list[Record]:
    found: list[Record] = []

    async def take(record: Record) -> None:
        found.append(record)

    await LetterTopic(kafka, topic, 1 << 20).read(NEVER, take)
    return found


@pytest.mark.parametrize(
    ("stamped", "expected"), [(Stamped.BY_BROKER, "LogAppendTime"), (Stamped.BY_PRODUCER, "CreateTime")]
)
async def test_a_topic_has_the_clock_that_it_was_made_with(
    kafka: KafkaConnection, unique: str, stamped: Stamped, expected: str
) -> None:
    topic = await made(kafka, unique, stamped)

    found = await settings_of(kafka, topic)

    assert found["message.timestamp.type"] == expected
    assert found["max.message.bytes"] == "100000"


@pytest.mark.parametrize("packed", [None, "gzip", "lz4", "zstd", "snappy"])
@pytest.mark.parametrize("apart_s", [-86_400 * 30, 400])
async def test_a_record_has_the_brokers_time_whatever_its_producer_calls_it(
    kafka: KafkaConnection, unique: str, packed: str | None, apart_s: int
) -> None:
    topic = await made(kafka, unique, Stamped.BY_BROKER)
    now = datetime.now(UTC)
    wrong = now + timedelta(seconds=apart_s)
    async with AIOKafkaProducer(bootstrap_servers=kafka.bootstrap_servers, compression_type=packed) as producer:
        await producer.send_and_wait(
            topic,
            b"x" * 1000,
            timestamp_ms=int(wrong.timestamp() * 1000),
            headers=[("received_at", wrong.isoformat().encode())],
        )

    [record] = await read(kafka, topic)

    assert record.stamped is Stamped.BY_BROKER
    assert abs(claimed(record) - from_datetime(now)) < 30 * SECOND


async def test_a_topic_without_it_has_the_producers_and_the_gateways_counts(
    kafka: KafkaConnection, unique: str
) -> None:
    topic = await made(kafka, unique, Stamped.BY_PRODUCER)
    received = datetime.now(UTC) - timedelta(seconds=60)
    async with AIOKafkaProducer(bootstrap_servers=kafka.bootstrap_servers) as producer:
        headers = [("received_at", received.isoformat().encode())]
        await producer.send_and_wait(topic, b"x", headers=headers)

    [record] = await read(kafka, topic)

    assert record.stamped is Stamped.BY_PRODUCER
    assert claimed(record) == from_datetime(received)
