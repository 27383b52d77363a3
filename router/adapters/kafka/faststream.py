"""All that touches FastStream, and aiokafka's private parts: raw batches out of a consumer group.

FastStream neither parses, validates, answers nor commits here: one bad header or body must not cost a batch, a
`reply_to` header must not make us publish, and a commit must cover just what was handled. Why it stays all the same,
and the way out: docs/decisions/0011.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, ConsumerRecord, TopicPartition
from faststream import AckPolicy
from faststream.kafka import KafkaBroker, KafkaMessage
from faststream.security import BaseSecurity, SASLPlaintext, SASLScram256, SASLScram512

from router.adapters.kafka import leaders
from router.adapters.kafka.closing import close_in_time
from router.adapters.kafka.connecting import ConsumerOptions, KafkaConnection
from router.adapters.kafka.fetched import bound_unpacking
from router.adapters.kafka.fetching import next_batch
from router.adapters.kafka.gaps import Gaps
from router.adapters.kafka.pace import pace
from router.adapters.kafka.receiving import receive_at_once

_REBALANCE_MS: Final = 60_000
_SASL: Final = {"PLAIN": SASLPlaintext, "SCRAM-SHA-256": SASLScram256, "SCRAM-SHA-512": SASLScram512}

Batch = tuple[ConsumerRecord, ...]


@dataclass(frozen=True, slots=True)
class Handlers:
    """What happens to batches: each is handled; `fetch_failed` is called before a failed fetch is tried again."""

    batch: Callable[[AIOKafkaConsumer, Batch], Awaitable[None]]
    fetch_failed: Callable[[AIOKafkaConsumer], Awaitable[None]]
    listener: ConsumerRebalanceListener


class RecordStream:
    """A member of the consumer group, fetching batches one at a time."""

    def __init__(self, connection: KafkaConnection, options: ConsumerOptions, handlers: Handlers) -> None:
        bound_unpacking(options.max_unpacked)
        receive_at_once()
        self._handlers = handlers
        self._leave_s = options.answer_s
        self.gaps = Gaps(options.gap_wait_s)
        self._broker = _broker(connection, options)
        self._subscriber = self._subscribe(options)

    async def start(self) -> None:
        """Join the group; returns when partitions were assigned for the first time."""
        await self._broker.start()
        client = self._subscriber.consumer._client  # noqa: SLF001 - there is no public way
        pace(client)
        close_in_time(client)

    def without_leader(self) -> list[TopicPartition]:
        """Partitions of ours that cannot be read now."""
        consumer = self._subscriber.consumer
        return leaders.without_leader(consumer._client.cluster, consumer.assignment()) if consumer else []  # noqa: SLF001

    async def stop(self) -> None:
        """Leave the group, in bounded time: one that does not answer notices by itself that we are gone."""
        with suppress(TimeoutError):
            async with asyncio.timeout(self._leave_s):
                await self._broker.stop()

    @property
    def consumer(self) -> AIOKafkaConsumer | None:
        """Aiokafka's consumer, once it has started."""
        return self._subscriber.consumer

    def _subscribe(self, options: ConsumerOptions) -> Any:  # noqa: ANN401 - only `consumer` and `get_msg` are used
        subscriber: Any = self._broker.subscriber(
            *options.topics,
            batch=True,
            group_id=options.group_id,
            ack_policy=AckPolicy.MANUAL,
            auto_offset_reset="earliest",
            no_reply=True,
            max_records=options.max_records,
            batch_timeout_ms=options.batch_timeout_ms,
            fetch_max_wait_ms=options.fetch_max_wait_ms,
            session_timeout_ms=options.session_timeout_ms,
            heartbeat_interval_ms=options.session_timeout_ms // 10,
            group_instance_id=options.instance_id,
            rebalance_timeout_ms=_REBALANCE_MS,
            parser=self._raw,
            decoder=_undecoded,
            listener=self._handlers.listener,
        )
        subscriber(self._take)
        subscriber.get_msg = self._fetching(options)
        return subscriber

    def _fetching(self, options: ConsumerOptions) -> Callable[[AIOKafkaConsumer], Awaitable[Batch]]:
        """The fetch of a batch; it ends as records come, and FastStream's sleeps after an empty one.

        aiokafka moves on past what it had unpacked of other partitions when one cannot be read; the next commit would
        cover what nobody has seen. So what a failed fetch has skipped can be repaired.
        """

        async def fetched(consumer: AIOKafkaConsumer) -> Batch:
            try:
                return await self._in_order(consumer, options)
            except Exception:
                await self._handlers.fetch_failed(consumer)
                raise

        return fetched

    async def _in_order(self, consumer: AIOKafkaConsumer, options: ConsumerOptions) -> Batch:
        """The next batch; where all of it is behind records that come late, the one after."""
        while batch := await next_batch(
            consumer, timeout_ms=options.batch_timeout_ms, max_records=options.max_records
        ):
            if kept := self.gaps.without_late(consumer, batch, time.monotonic()):
                return kept
        return ()

    async def _raw(self, batch: Batch) -> KafkaMessage:
        """The batch as it is, in place of FastStream's parser, which fails on a header that is null or not text."""
        return KafkaMessage(body=b"", headers={}, raw_message=batch, consumer=self._subscriber.consumer)

    async def _take(self, message: KafkaMessage) -> None:
        batch: Any = message.raw_message
        await self._handlers.batch(self._subscriber.consumer, batch)


async def _undecoded(message: KafkaMessage) -> KafkaMessage:
    return message


def _broker(connection: KafkaConnection, options: ConsumerOptions) -> KafkaBroker:
    quiet = logging.getLogger("router.kafka.faststream")
    quiet.setLevel(logging.ERROR)
    return KafkaBroker(
        connection.bootstrap_servers,
        security=_security(connection),
        client_id="alert-router",
        consumer_only=True,
        allow_auto_create_topics=False,
        apply_types=False,
        graceful_timeout=options.drain_s,
        logger=quiet,
    )


def _security(connection: KafkaConnection) -> BaseSecurity:
    context = connection.ssl_context()
    if not connection.logs_in:
        return BaseSecurity(ssl_context=context)
    username, password = connection.sasl_username or "", connection.sasl_password or ""
    return _SASL[connection.sasl_mechanism](username=username, password=password, ssl_context=context)
