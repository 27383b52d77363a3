"""Topics as workers make them on three brokers: the broker's clock on inbound records, and two copies of each."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Final

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from pydantic import SecretStr

from router.adapters.kafka.connecting import KafkaConnection
from router.adapters.kafka.producer import KafkaProducer
from router.adapters.kafka.records import as_record
from router.app.compose import build_base
from router.app.lifecycle import ensure_all_topics
from router.core.model.instant import SECOND, Span, from_datetime
from router.errors import UnavailableError
from router.ports.kafka import Record, Stamped
from router.settings import KafkaSettings, RedisSettings, Settings
from tests.kafka.broker import Broker
from tests.waiting import eventually

INBOUND: Final = "alerts.inbound"
BOUND: Final = "alerts.of-acme"
NOTICED_S: Final = 20.0
SOON: Final = Span(60 * SECOND)


@dataclass
class Three:
    """A controller that stays and two brokers that may go."""

    stays: Broker
    others: Sequence[Broker]

    @property
    def kafka(self) -> KafkaConnection:
        return KafkaConnection(self.stays.address)


@pytest.fixture(scope="module")
async def three(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Three]:
    folder = tmp_path_factory.mktemp("three")
    stays = Broker(folder / "0")
    three = Three(stays, [Broker(folder / name, first=stays) for name in ("1", "2")])
    try:
        await stays.start()
        await asyncio.gather(*(one.start() for one in three.others))
        await make_topics(three)
        yield three
    finally:
        await asyncio.gather(stays.stop(), *(one.stop() for one in three.others))


async def make_topics(three: Three) -> None:
    """As a worker does when it starts."""
    kafka = KafkaSettings(
        bootstrap_servers=three.stays.address,
        create_topics=True,
        replication_factor=3,
        partitions=1,
        bound_topics={BOUND: "acme"},
    )
    redis = RedisSettings(url=SecretStr("redis://127.0.0.1:1/0"))
    await ensure_all_topics(build_base(Settings(kafka=kafka, redis=redis), {}))


@pytest.mark.parametrize("topic", [INBOUND, BOUND])
@pytest.mark.parametrize("claimed", [timedelta(days=-20_000), timedelta(days=30)])
async def test_inbound_records_have_the_brokers_time_whatever_their_producer_claims(
    three: Three, topic: str, claimed: timedelta
) -> None:
    now = datetime.now(UTC)
    async with AIOKafkaProducer(bootstrap_servers=three.stays.address, acks="all") as producer:
        sent = await producer.send_and_wait(topic, b"x", timestamp_ms=int((now + claimed).timestamp() * 1000))

    record = await record_at(three, topic, sent.offset)

    assert record.stamped is Stamped.BY_BROKER
    assert abs(record.timestamp - from_datetime(now)) < SOON


async def record_at(three: Three, topic: str, offset: int) -> Record:
    async with AIOKafkaConsumer(bootstrap_servers=three.stays.address) as consumer:
        consumer.assign([TopicPartition(topic, 0)])
        consumer.seek(TopicPartition(topic, 0), offset)
        return as_record(await consumer.getone())


@pytest.mark.long
async def test_what_is_accepted_is_on_two_brokers_or_it_is_not_accepted(three: Three) -> None:
    async with producing(three) as producer:
        await producer.append(INBOUND, b"on three", None, [])
        first, second = three.others

        await first.kill()
        await eventually(partial(takes, producer), within_s=NOTICED_S)
        await second.kill()
        await eventually(partial(refuses, producer), within_s=NOTICED_S)
        assert await refuses(producer), "and goes on refusing"

        await first.start()
        await eventually(partial(takes, producer), within_s=NOTICED_S)
        await second.start()


@asynccontextmanager
async def producing(three: Three) -> AsyncIterator[KafkaProducer]:
    producer = KafkaProducer(three.kafka, max_body=100_000, idempotent=True, timeout_s=2.0, topics=(INBOUND,))
    await producer.start()
    try:
        await eventually(producer.reached)
        yield producer
    finally:
        await producer.close()


async def takes(producer: KafkaProducer) -> bool:
    try:
        await producer.append(INBOUND, b"x", None, [])
    except UnavailableError:
        return False
    return True


async def refuses(producer: KafkaProducer) -> bool:
    return not await takes(producer)
