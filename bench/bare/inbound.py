"""Records in batches, parsed, one trivial script a record in one pipeline a batch, and the offsets committed."""

import asyncio
import json
import signal
import sys
from collections.abc import Awaitable, Callable
from typing import Any, Final

from aiokafka import AIOKafkaConsumer, TopicPartition
from pydantic import BaseModel, TypeAdapter
from redis.asyncio import Redis

ACCEPTED: Final = "bench:bare"
"""The hash that counts the alerts of each tenant."""
_SCRIPT: Final = "return redis.call('HINCRBY', KEYS[1], ARGV[1], ARGV[2])"
_BATCH: Final = 200
_WAIT_MS: Final = 100
_FETCH_MS: Final = 20


class Alert(BaseModel):
    """What is read of an alert."""

    status: str
    labels: dict[str, str]
    annotations: dict[str, str]
    startsAt: str  # noqa: N815 - Alertmanager's name
    endsAt: str  # noqa: N815


class Webhook(BaseModel):
    """What is read of a body."""

    version: str
    groupKey: str  # noqa: N815
    alerts: list[Alert]


Batch = list[tuple[str, Webhook]]
_WEBHOOK: Final = TypeAdapter(Webhook)


async def consume(bootstrap: str, redis_url: str, topic: str, then: Callable[[Batch], Awaitable[None]]) -> None:
    """Read from the topic's end on until the process is asked to stop; `then` gets each batch once it is stored."""
    consumer = AIOKafkaConsumer(
        bootstrap_servers=bootstrap, group_id="bare", enable_auto_commit=False, fetch_max_wait_ms=_FETCH_MS
    )
    redis: Any = Redis.from_url(redis_url)
    await consumer.start()
    partitions = [
        TopicPartition(topic, number) for number in sorted(consumer.partitions_for_topic(topic) or range(4))
    ]
    consumer.assign(partitions)
    await consumer.seek_to_end(*partitions)
    for one in partitions:
        await consumer.position(one)
    script = await redis.script_load(_SCRIPT)
    ready({})
    try:
        while True:
            await _batch(consumer, redis, script, then)
    finally:
        await consumer.stop()
        await redis.aclose()


async def _batch(consumer: Any, redis: Any, script: str, then: Callable[[Batch], Awaitable[None]]) -> None:  # noqa: ANN401
    found = await consumer.getmany(timeout_ms=_WAIT_MS, max_records=_BATCH)
    records = [record for some in found.values() for record in some]
    if not records:
        return
    batch = [(dict(record.headers)["tenant"].decode(), _WEBHOOK.validate_json(record.value)) for record in records]
    pipeline = redis.pipeline(transaction=False)
    for tenant, webhook in batch:
        pipeline.evalsha(script, 1, ACCEPTED, tenant, len(webhook.alerts))
    await pipeline.execute()
    await then(batch)
    await consumer.commit({place: some[-1].offset + 1 for place, some in found.items()})


def ready(facts: dict[str, Any]) -> None:
    """Report on stdout that the process is ready."""
    sys.stdout.write(json.dumps({"ready": True, **facts}) + "\n")
    sys.stdout.flush()


async def until_asked_to_stop(work: Awaitable[None]) -> None:
    """Run until SIGTERM."""
    task = asyncio.ensure_future(work)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    await asyncio.gather(task, return_exceptions=True)
    if not task.cancelled() and (error := task.exception()) is not None:
        raise error
