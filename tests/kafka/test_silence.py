"""A broker that falls silent with connections open: who ends meanwhile does so in bounded time."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pytest

from router.adapters.kafka.connecting import ANSWER_S, ConsumerOptions, KafkaConnection
from router.adapters.kafka.consumer import RecordConsumer
from router.adapters.kafka.producer import KafkaProducer
from router.adapters.kafka.topics import ensure_topics
from router.errors import UnavailableError
from router.ports.kafka import Record
from tests.chaos.proxy import Proxy, Weather
from tests.kafka.broker import Broker
from tests.waiting import eventually

TOPIC: Final = "alerts.inbound"
MARGIN_S: Final = 3.0
TIMEOUT_S: Final = 2.0


@dataclass
class Silenced:
    """A broker behind a proxy."""

    broker: Broker
    proxy: Proxy
    handled: list[bytes | None] = field(default_factory=list)

    @property
    def kafka(self) -> KafkaConnection:
        return KafkaConnection(f"127.0.0.1:{self.proxy.port}")

    async def handle(self, records: Sequence[Record]) -> None:
        self.handled += [one.value for one in records]


@pytest.fixture
async def silenced(tmp_path: Path) -> AsyncIterator[Silenced]:
    broker = Broker(tmp_path / "kafka")
    proxy = Proxy(broker.port)
    await proxy.start()
    broker.advertised = proxy.port
    try:
        await broker.start()
        one = Silenced(broker, proxy)
        await ensure_topics(one.kafka, [TOPIC], create=True, partitions=2, replication_factor=1)
        yield one
    finally:
        await proxy.stop()
        await broker.stop()


async def test_consumer_and_producer_end_in_time(silenced: Silenced) -> None:
    options = ConsumerOptions((TOPIC,), "group", 100, 50, 500, 6000, drain_s=20.0)
    consumer = RecordConsumer(silenced.kafka, options, silenced.handle)
    producer = KafkaProducer(silenced.kafka, max_body=100_000, idempotent=True, timeout_s=TIMEOUT_S)
    await producer.start()
    await consumer.start()
    await eventually(producer.reached)
    await producer.append(TOPIC, b"before", None, [])
    await eventually(lambda: silenced.handled == [b"before"])

    silenced.proxy.turn(Weather.SILENT)
    with pytest.raises(UnavailableError):
        await producer.append(TOPIC, b"while", None, [])

    await in_time(consumer.stop, ANSWER_S)
    await in_time(producer.close, 2 * TIMEOUT_S)


async def in_time(end: Callable[[], Awaitable[None]], bound_s: float) -> None:
    async with asyncio.timeout(bound_s + MARGIN_S):
        await end()
