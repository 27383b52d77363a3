"""Records out: acknowledged or UnavailableError, in bounded time, with Kafka there, away, or not there yet."""

import asyncio
import gc
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest
import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from alert_router_local import engines
from alert_router_local.engines import start_kafka
from alert_router_local.process import HOST, free_port

from router.adapters.kafka.connecting import KafkaConnection
from router.adapters.kafka.producer import KafkaProducer
from router.adapters.kafka.topics import ensure_topics
from router.core.shard import Shard
from router.errors import PayloadError, UnavailableError
from tests import brokers
from tests.adapters.builders import ACME, BETA
from tests.adapters.proxy import proxied
from tests.waiting import eventually

MAX_BODY = 100_000
PARTITIONS = 6


@asynccontextmanager
async def producing(kafka: KafkaConnection, *, timeout_s: float = 5.0) -> AsyncIterator[KafkaProducer]:
    producer = KafkaProducer(kafka, max_body=MAX_BODY, idempotent=brokers.IDEMPOTENT, timeout_s=timeout_s)
    await producer.start()
    try:
        yield producer
    finally:
        async with asyncio.timeout(10):
            await producer.close()


async def records_of(kafka: KafkaConnection, topic: str, count: int) -> list[ConsumerRecord]:
    """The first records of a topic. Tansu tells a wrong end for a batch, so it is not asked how many there are."""
    found: list[ConsumerRecord] = []
    async with AIOKafkaConsumer(bootstrap_servers=kafka.bootstrap_servers) as consumer, asyncio.timeout(10):
        partition = TopicPartition(topic, 0)
        consumer.assign([partition])
        await consumer.seek_to_beginning(partition)
        while len(found) < count:
            batches = await consumer.getmany(timeout_ms=100)
            found += [record for batch in batches.values() for record in batch]
    return found


@pytest.fixture
async def topic(kafka: KafkaConnection, unique: str) -> str:
    await ensure_topics(kafka, [unique], create=True, partitions=1, replication_factor=1)
    return unique


async def test_an_appended_record_is_in_kafka_as_it_was_given(kafka: KafkaConnection, topic: str) -> None:
    body = json.dumps({"é": "🔥"}, ensure_ascii=False).encode()
    async with producing(kafka) as producer:
        await eventually(producer.reached)
        await producer.append(topic, body, b"\xff key", [("tenant", b"acme"), ("tenant", b"x"), ("bin", b"\x00\xff")])
        await producer.append(topic, None, b"k", [])
        await producer.append(topic, b"", None, [])

        first, tombstone, empty = await records_of(kafka, topic, 3)

    assert (first.key, first.value) == (b"\xff key", body)
    assert list(first.headers) == [("tenant", b"acme"), ("tenant", b"x"), ("bin", b"\x00\xff")]
    assert (tombstone.key, tombstone.value) == (b"k", None)
    assert (empty.key, empty.value) == (None, b"")


async def placed(kafka: KafkaConnection, topic: str, count: int) -> dict[bytes, set[int]]:
    """The partitions in which the records of each key are, once there are so many."""
    found: dict[bytes, set[int]] = {}
    async with AIOKafkaConsumer(bootstrap_servers=kafka.bootstrap_servers) as consumer, asyncio.timeout(20):
        consumer.assign([TopicPartition(topic, one) for one in range(PARTITIONS)])
        await consumer.seek_to_beginning()
        while count > 0:
            for records in (await consumer.getmany(timeout_ms=100)).values():
                count -= len(records)
                for one in records:
                    found.setdefault(one.key, set()).add(one.partition)
    return found


async def test_records_of_a_shard_are_in_its_partitions_and_those_of_others_in_all(
    kafka: KafkaConnection, unique: str
) -> None:
    await ensure_topics(kafka, [unique], create=True, partitions=PARTITIONS, replication_factor=1)
    shards = {b"acme": Shard(ACME, 2), b"beta": Shard(BETA, 2), b"all": Shard(ACME, PARTITIONS + 1), b"none": None}
    async with producing(kafka) as producer:
        await eventually(producer.reached)
        for owner, shard in shards.items():
            for number in range(2 * 40):
                await producer.append(unique, b"x", b"%b-%d" % (owner, number % 40), [], shard)
    found = await placed(kafka, unique, len(shards) * 2 * 40)

    def of(owner: bytes) -> set[int]:
        return {one for key, places in found.items() if key.startswith(owner) for one in places}

    assert all(len(places) == 1 for places in found.values())
    assert of(b"acme") == set(Shard(ACME, 2).of(PARTITIONS))
    assert of(b"beta") == set(Shard(BETA, 2).of(PARTITIONS))
    assert of(b"all") == of(b"none") == set(range(PARTITIONS))


async def test_every_replica_must_have_a_record_before_it_counts(kafka: KafkaConnection) -> None:
    async with producing(kafka) as producer:
        await eventually(producer.reached)
        inner = producer._producer
        assert inner is not None
        assert inner._sender._acks == -1


async def test_many_appends_at_once_are_all_appended(kafka: KafkaConnection, topic: str) -> None:
    async with producing(kafka) as producer:
        await eventually(producer.reached)
        await asyncio.gather(*(producer.append(topic, b"%d" % number, None, []) for number in range(200)))

        values = [record.value for record in await records_of(kafka, topic, 200)]

    assert sorted(values, key=lambda value: int(value or b"0")) == [b"%d" % number for number in range(200)]


async def test_the_largest_body_fits_with_its_headers(kafka: KafkaConnection, topic: str) -> None:
    async with producing(kafka) as producer:
        await eventually(producer.reached)
        await producer.append(topic, b"x" * MAX_BODY, b"key", [("reason", b"y" * 30_000)])

        [record] = await records_of(kafka, topic, 1)

    assert len(record.value or b"") == MAX_BODY


@pytest.mark.parametrize(
    ("value", "key", "reason"), [(None, None, "not_appendable"), (b"x" * 2 * MAX_BODY, b"k", "too_large")]
)
async def test_what_no_client_takes_is_refused_for_good(
    kafka: KafkaConnection, topic: str, value: bytes | None, key: bytes | None, reason: str
) -> None:
    async with producing(kafka) as producer:
        await eventually(producer.reached)
        with pytest.raises(PayloadError) as caught:
            await producer.append(topic, value, key, [])

    assert caught.value.reason == reason


@brokers.tansu_alone
async def test_a_producer_starts_without_kafka_and_connects_when_it_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    port = free_port()
    kafka = KafkaConnection(f"{HOST}:{port}")
    async with AsyncExitStack() as stack:
        producer = await stack.enter_async_context(producing(kafka))
        with pytest.raises(UnavailableError, match="not connected"):
            await producer.append("alerts.inbound", b"x", None, [])
        assert not await producer.reached()

        monkeypatch.setattr(engines, "free_port", lambda: port)
        stack.callback((await start_kafka()).process.kill)
        await eventually(producer.reached)
        await ensure_topics(kafka, ["alerts.inbound"], create=True, partitions=1, replication_factor=1)
        await producer.append("alerts.inbound", b"x", None, [])
        assert len(await records_of(kafka, "alerts.inbound", 1)) == 1


async def test_a_broker_that_died_is_unavailable_in_bounded_time_and_closing_is_bounded_too(tmp_path: Path) -> None:
    engine = await brokers.start_broker(tmp_path)
    kafka = KafkaConnection(f"{HOST}:{engine.port}")
    await ensure_topics(kafka, ["alerts.inbound"], create=True, partitions=1, replication_factor=1)
    async with producing(kafka, timeout_s=0.5) as producer:
        await eventually(producer.reached)
        await producer.append("alerts.inbound", b"before", None, [])
        engine.process.kill()
        await engine.process.wait()

        async with asyncio.timeout(3):
            with pytest.raises(UnavailableError, match="Kafka"):
                await producer.append("alerts.inbound", b"after", None, [])
            with pytest.raises(UnavailableError, match="Kafka"):
                await producer.append("never-heard-of", b"after", None, [])


async def test_closing_while_a_broker_does_not_answer_leaves_nothing_open(kafka: KafkaConnection) -> None:
    port = int(kafka.bootstrap_servers.rpartition(":")[2])
    async with proxied(port, stall=True) as proxy:
        async with producing(KafkaConnection(f"{HOST}:{proxy.port}")) as producer:
            await eventually(lambda: proxy.requests)
            assert not await producer.reached()

        gc.collect()  # a client left open says so with a warning, and warnings are errors


async def test_closing_what_was_never_started_is_fine(kafka: KafkaConnection) -> None:
    await KafkaProducer(kafka, max_body=MAX_BODY, idempotent=True, timeout_s=1).close()


@brokers.tansu_alone
async def test_the_log_names_the_failure_and_the_setting_to_change(
    kafka: KafkaConnection,
) -> None:
    """Tansu has no idempotent producers; nobody listens on the other port."""
    for connection in (kafka, KafkaConnection(f"{HOST}:{free_port()}")):
        producer = KafkaProducer(connection, max_body=MAX_BODY, idempotent=True, timeout_s=1)
        with structlog.testing.capture_logs() as logged:
            await producer.start()
            await eventually(lambda: bool(logged))
            await producer.close()
        event = "kafka_refuses" if connection is kafka else "kafka_unreachable"
        setting = "IDEMPOTENT_PRODUCER=false" if connection is kafka else "BOOTSTRAP_SERVERS"
        assert logged[0]["event"] == event
        assert logged[0]["servers"] == connection.bootstrap_servers
        assert setting in logged[0]["remedy"]
