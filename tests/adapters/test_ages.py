"""The time of the oldest record of a topic, on a real broker."""

import asyncio

from aiokafka import AIOKafkaProducer

from router.adapters.kafka.ages import TopicAges
from router.adapters.kafka.connecting import KafkaConnection
from router.adapters.kafka.topics import ensure_topics
from router.core.model.instant import MILLISECOND


async def test_the_oldest_record_of_all_partitions_counts_and_what_is_empty_or_not_there_is_left_out(
    kafka: KafkaConnection, unique: str
) -> None:
    full, empty = f"{unique}-full", f"{unique}-empty"
    await ensure_topics(kafka, [full, empty], create=True, partitions=3, replication_factor=1)
    async with AIOKafkaProducer(bootstrap_servers=kafka.bootstrap_servers) as producer:
        sent = [await producer.send_and_wait(full, b"x", partition=one) for one in (2, 0, 0, 1, 2)]

    async with asyncio.timeout(20):
        found = await TopicAges(kafka, 1 << 20).oldest([full, empty, f"{unique}-missing"])

    assert found == {full: sent[0].timestamp * MILLISECOND}
