"""The next batch out of what aiokafka has fetched: a partition at a time, with turns for others in between.

aiokafka unpacks while it hands records out: of all partitions at once, and what a few hundred bytes of zstd stand for
takes the event loop some 50 ms a partition.
"""

import asyncio
from collections.abc import Sequence

from aiokafka import AIOKafkaConsumer, ConsumerRecord


async def next_batch(consumer: AIOKafkaConsumer, *, timeout_ms: int, max_records: int) -> tuple[ConsumerRecord, ...]:
    """At most so many records, as soon as there is one; none after the timeout. Each partition's are in order."""
    found = _all(await consumer.getmany(timeout_ms=timeout_ms, max_records=1))
    if not found:
        return ()
    for partition in sorted(consumer.assignment()):
        left = max_records - len(found)
        if left <= 0:
            break
        more = _all(await consumer.getmany(partition, timeout_ms=0, max_records=left))
        if more:
            found += more
            await asyncio.sleep(0)
    return tuple(found)


def _all(found: dict[object, Sequence[ConsumerRecord]]) -> list[ConsumerRecord]:
    return [record for records in found.values() for record in records]
