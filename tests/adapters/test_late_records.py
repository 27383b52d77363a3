"""The embedded engine hands out small records before large ones that came first: none is passed over for ever."""

import asyncio
from collections.abc import Sequence
from uuid import uuid4

import pytest
from aiokafka import AIOKafkaProducer

from router.adapters.kafka.connecting import ConsumerOptions, KafkaConnection
from router.adapters.kafka.consumer import RecordConsumer
from router.adapters.kafka.topics import ensure_topics
from router.ports.kafka import Record
from tests import brokers
from tests.waiting import eventually

LARGE = b"x" * 5_000_000
MANY = 60

pytestmark = [pytest.mark.long, brokers.tansu_alone]


async def test_no_record_is_passed_over_while_small_and_large_ones_are_appended(kafka: KafkaConnection) -> None:
    topic, seen = f"late-{uuid4().hex[:12]}", set[int]()

    async def handle(records: Sequence[Record]) -> None:
        seen.update(one.offset for one in records)

    await ensure_topics(kafka, [topic], create=True, partitions=1, replication_factor=1)
    options = ConsumerOptions((topic,), topic, 100, 50, 20, 6000, drain_s=5.0, gap_wait_s=5.0)
    consumer = RecordConsumer(kafka, options, handle)
    await consumer.start()
    try:
        appended = await _append_both(kafka, topic)
        await eventually(lambda: seen >= appended, within_s=20)
    finally:
        await consumer.stop()


async def _append_both(kafka: KafkaConnection, topic: str) -> set[int]:
    """Large records beside small ones, by a producer each; the offsets of all."""
    arguments = {**kafka.arguments(), "enable_idempotence": False, "max_request_size": 2 * len(LARGE)}
    large, small = AIOKafkaProducer(**arguments), AIOKafkaProducer(**arguments)
    appended, done = set[int](), asyncio.Event()

    async def fill() -> None:
        for _ in range(MANY):
            appended.add((await large.send_and_wait(topic, LARGE, partition=0)).offset)
        done.set()

    async def trickle() -> None:
        while not done.is_set():
            appended.add((await small.send_and_wait(topic, b"small", partition=0)).offset)

    async with large, small:
        await asyncio.gather(fill(), trickle())
    return appended
