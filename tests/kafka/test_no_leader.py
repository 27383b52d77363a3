"""Two brokers, each partition on one of them, and one broker that goes away: what is on the other goes on."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final

import pytest
from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaError
from structlog.testing import capture_logs

from router.adapters.kafka.connecting import ConsumerOptions, KafkaConnection
from router.adapters.kafka.consumer import RecordConsumer
from router.adapters.kafka.leaders import without_leader
from router.adapters.kafka.pace import EVERY_S
from router.adapters.kafka.producer import KafkaProducer
from router.adapters.kafka.topics import ensure_topics
from router.errors import UnavailableError
from router.ports.kafka import Record
from tests.kafka.broker import Broker
from tests.waiting import eventually

PARTITIONS: Final = 4
KEYS: Final = [b"key-%d" % number for number in range(40)]
TIMEOUT_S: Final = 1.0
NOTICED_S: Final = 20.0


@dataclass
class Pair:
    """A broker that stays and one that goes."""

    stays: Broker
    goes: Broker
    topic: str = ""

    @property
    def kafka(self) -> KafkaConnection:
        return KafkaConnection(self.stays.address)


@pytest.fixture(scope="module")
async def brokers(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Pair]:
    folder = tmp_path_factory.mktemp("brokers")
    stays = Broker(folder / "stays")
    pair = Pair(stays, Broker(folder / "goes", first=stays))
    try:
        await stays.start()
        await pair.goes.start()
        yield pair
    finally:
        await pair.goes.stop()
        await stays.stop()


@pytest.fixture
async def pair(brokers: Pair, unique: str) -> Pair:
    """Both run, and a topic of the test's own is spread over them."""
    if not brokers.goes.runs:
        await brokers.goes.start()
    pair = replace(brokers, topic=unique)
    await ensure_topics(pair.kafka, [unique], create=True, partitions=PARTITIONS, replication_factor=1)
    return pair


@asynccontextmanager
async def producing(pair: Pair, topic: str = "") -> AsyncIterator[KafkaProducer]:
    producer = KafkaProducer(
        pair.kafka, max_body=100_000, idempotent=True, timeout_s=TIMEOUT_S, topics=(topic or pair.topic,)
    )
    await producer.start()
    try:
        await eventually(producer.reached)
        yield producer
    finally:
        await producer.close()


@asynccontextmanager
async def consuming(
    pair: Pair, handle: Callable[[Sequence[Record]], Awaitable[None]]
) -> AsyncIterator[RecordConsumer]:
    options = ConsumerOptions((pair.topic,), pair.topic, 100, 50, 500, 6000, 5.0)
    consumer = RecordConsumer(pair.kafka, options, handle)
    await consumer.start()
    try:
        yield consumer
    finally:
        await consumer.stop()


async def append_all(producer: KafkaProducer, value: bytes) -> int:
    """A record of each key, all at once; how many were taken."""
    answers = await asyncio.gather(
        *(producer.append(topic_of(producer), value, key, []) for key in KEYS), return_exceptions=True
    )
    assert all(one is None or isinstance(one, UnavailableError) for one in answers), answers
    return answers.count(None)


async def all_taken(producer: KafkaProducer, value: bytes) -> bool:
    return await append_all(producer, value) == len(KEYS)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Grows with each request for metadata of any client."""
    requests: list[str] = []
    ask = AIOKafkaClient._metadata_update

    async def counted(self: Any, *arguments: Any) -> bool:
        requests.append(self._client_id)
        answer: bool = await ask(self, *arguments)
        return answer

    monkeypatch.setattr(AIOKafkaClient, "_metadata_update", counted)
    return requests


async def asked_in(asked: list[str], span_s: float) -> int:
    """How many requests are made in so many seconds."""
    loop, began = asyncio.get_running_loop(), len(asked)
    lasts_until = loop.time() + span_s
    await eventually(lambda: loop.time() > lasts_until)
    return len(asked) - began


def dead_partitions(producer: KafkaProducer) -> list[int]:
    """Those without a leader, as far as the producer knows."""
    cluster = client_of(producer).client.cluster
    return [
        one.partition
        for one in without_leader(cluster, {TopicPartition(topic_of(producer), at) for at in range(PARTITIONS)})
    ]


def topic_of(producer: KafkaProducer) -> str:
    [topic] = producer._topics
    return topic


def client_of(producer: KafkaProducer) -> Any:
    assert producer._producer is not None
    return producer._producer


async def loses_a_leader(producer: KafkaProducer) -> bool:
    await append_all(producer, b"meanwhile")
    return bool(dead_partitions(producer))


async def test_without_a_leader_for_some_partitions_every_alert_is_taken_and_nobody_asks_without_pause(
    pair: Pair, asked: list[str]
) -> None:
    async with producing(pair) as producer:
        assert await all_taken(producer, b"before")
        await pair.goes.stop()
        await eventually(partial(loses_a_leader, producer), within_s=NOTICED_S)

        assert await all_taken(producer, b"while")
        assert await producer.reached()
        for partition in dead_partitions(producer):
            await client_of(producer).send(pair.topic, b"stuck", partition=partition)
        assert 1 <= await asked_in(asked, TIMEOUT_S / 2) <= TIMEOUT_S / 2 / EVERY_S + 2


async def test_a_broker_that_comes_back_takes_records_again_though_some_were_given_up(pair: Pair) -> None:
    """An idempotent producer numbers its records, also those that it gives up; the broker misses them."""
    async with producing(pair) as producer:
        assert await all_taken(producer, b"before")
        await pair.goes.stop()
        await eventually(partial(loses_a_leader, producer), within_s=NOTICED_S)
        for partition in dead_partitions(producer):
            with pytest.raises(KafkaError):
                await client_of(producer).send_and_wait(pair.topic, b"given up", partition=partition)

        await pair.goes.start()
        with capture_logs() as logged:
            await eventually(partial(has_all_leaders, producer), within_s=NOTICED_S)
            await eventually(partial(all_taken, producer, b"after"), within_s=NOTICED_S)

        assert [one["error_type"] for one in logged if one["event"] == "kafka_producer_replaced"] == [
            "OutOfOrderSequenceNumber"
        ]


async def has_all_leaders(producer: KafkaProducer) -> bool:
    if producer._producer is None:
        return False
    await client_of(producer).client.force_metadata_update()
    return not dead_partitions(producer)


async def test_a_worker_waits_for_the_records_of_a_broker_that_is_away_and_is_not_ready(
    pair: Pair, asked: list[str]
) -> None:
    handled: list[bytes | None] = []

    async def handle(records: Sequence[Record]) -> None:
        handled.extend(one.value for one in records)

    async with consuming(pair, handle) as consumer:
        await eventually(lambda: consumer.assigned == PARTITIONS)
        await eventually(lambda: consumer.reads_all)
        await pair.goes.stop()
        with capture_logs() as logged:
            await eventually(lambda: not consumer.reads_all, within_s=NOTICED_S)
        [line] = [one for one in logged if one["event"] == "partitions_without_leader"]
        assert len(line["partitions"]) == PARTITIONS / 2
        assert await asked_in(asked, 1.0) <= 1.0 / EVERY_S + 2

        await pair.goes.start()
        async with producing(pair) as producer:
            await eventually(partial(all_taken, producer, b"after"), within_s=NOTICED_S)
        await eventually(lambda: handled.count(b"after") >= len(KEYS), within_s=NOTICED_S)
        await eventually(lambda: consumer.reads_all)


async def test_a_gateway_is_not_ready_while_no_partition_of_the_inbound_topic_has_a_leader(pair: Pair) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=pair.stays.address)
    await admin.start()
    await admin.create_topics([NewTopic("elsewhere", -1, -1, replica_assignments={0: [pair.goes.port]})])
    await admin.close()
    async with producing(pair, "elsewhere") as producer:
        await producer.append("elsewhere", b"before", b"key", [])
        await pair.goes.stop()
        with capture_logs() as logged:
            await eventually(partial(is_not_reached, producer), within_s=NOTICED_S)
            with pytest.raises(UnavailableError):
                await producer.append("elsewhere", b"while", b"key", [])
            await pair.goes.start()
            await eventually(producer.reached, within_s=NOTICED_S)

    assert [(one["event"], one["asked"]) for one in logged if one.get("asked") == "metadata"] == [
        ("kafka_away", "metadata"),
        ("kafka_back", "metadata"),
    ]


async def is_not_reached(producer: KafkaProducer) -> bool:
    return not await producer.reached()
