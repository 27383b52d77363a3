"""Records in: raw batches from FastStream, committed by partition and offset after they were handled.

FastStream neither parses, validates, answers nor commits here: one bad header or body must not cost a batch, a
`reply_to` header must not make us publish, and a commit must cover just what was handled. A batch that could not be
handled is sought back to and comes again. On a rebalance or stop the batch in hand is finished and committed first.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, ConsumerRecord, TopicPartition
from aiokafka.errors import IllegalStateError, KafkaError
from faststream import AckPolicy
from faststream.kafka import KafkaBroker, KafkaMessage

from router.adapters.kafka.connecting import KafkaConnection
from router.adapters.kafka.reading import read_any_header_name
from router.core.model.instant import MILLISECOND, Instant
from router.errors import UnavailableError
from router.ports.kafka import Record

_LONGEST_WAIT_S: Final = 5.0
_TOLERATED_FAILURES: Final = 3
_REBALANCE_MS: Final = 60_000


Batch = tuple[ConsumerRecord, ...]
Handle = Callable[[Sequence[Record]], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class ConsumerOptions:
    """How to consume the inbound topics."""

    topics: tuple[str, ...]
    group_id: str
    max_records: int
    batch_timeout_ms: int
    fetch_max_wait_ms: int
    session_timeout_ms: int
    drain_s: float


class RecordConsumer:
    """The consumer of the inbound topic."""

    def __init__(self, connection: KafkaConnection, options: ConsumerOptions, handle: Handle) -> None:
        self._options = options
        self._handle = handle
        self._log = structlog.get_logger()
        self._in_hand = asyncio.Lock()
        self._stopping = asyncio.Event()
        self._failures = 0
        self.joined = False
        self._expected: dict[TopicPartition, int] = {}
        read_any_header_name()
        self._broker = _broker(connection, options)
        self._subscriber = self._subscribe()

    async def start(self) -> None:
        """Join the group; returns when partitions were assigned for the first time."""
        await self._broker.start()

    async def stop(self) -> None:
        """Finish and commit the batch in hand, take no more, leave the group."""
        self._stopping.set()
        async with self._in_hand:
            pass
        await self._broker.stop()

    def assigned_anew(self) -> None:
        """The group has given us partitions, perhaps none: they begin where the group has committed."""
        self.joined = True
        self._expected.clear()

    @property
    def flowing(self) -> bool:
        """Whether batches can be handled; False once the same one has failed several times."""
        return self._failures < _TOLERATED_FAILURES

    @property
    def assigned(self) -> int:
        """How many partitions are ours now."""
        consumer = self._subscriber.consumer
        return len(consumer.assignment()) if consumer is not None else 0

    def _subscribe(self) -> Any:  # noqa: ANN401 - FastStream's subscriber, of which only `consumer` is used
        options = self._options
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
            rebalance_timeout_ms=_REBALANCE_MS,
            parser=self._raw,
            decoder=_undecoded,
            listener=_Drain(self),
        )
        subscriber(self._take)
        subscriber.get_msg = self._fetching(subscriber.get_msg)
        return subscriber

    def _fetching(self, fetch: Callable[[AIOKafkaConsumer], Awaitable[Batch]]) -> Callable[..., Awaitable[Batch]]:
        """The fetch of a batch; one that fails is begun anew on all partitions.

        aiokafka moves on past what it had unpacked of other partitions when one cannot be read; the next commit would
        redactor what nobody has seen.
        """

        async def fetched(consumer: AIOKafkaConsumer) -> Batch:
            try:
                return await fetch(consumer)
            except Exception:
                self._failures += 1
                await self._begin_anew(consumer)
                await self._pause()
                raise

        return fetched

    async def _begin_anew(self, consumer: AIOKafkaConsumer) -> None:
        for partition in consumer.assignment():
            offset = self._expected.get(partition) or await consumer.committed(partition)
            if offset is not None:
                consumer.seek(partition, offset)
            else:
                await consumer.seek_to_beginning(partition)

    async def _raw(self, batch: tuple[ConsumerRecord, ...]) -> KafkaMessage:
        """The batch as it is, in place of FastStream's parser, which fails on a header that is null or no text."""
        return KafkaMessage(body=b"", headers={}, raw_message=batch, consumer=self._subscriber.consumer)

    async def _take(self, message: KafkaMessage) -> None:
        async with self._in_hand:
            if not self._stopping.is_set():
                await self._handle_batch(self._subscriber.consumer, message.raw_message)

    async def _handle_batch(self, consumer: AIOKafkaConsumer, batch: Sequence[ConsumerRecord]) -> None:
        try:
            await self._handle([_record(one) for one in batch])
        except UnavailableError as error:
            self._log.warning("ingest_waits", error=str(error), records=len(batch), attempt=self._failures + 1)
            await self._try_again(consumer, batch)
        except Exception:  # noqa: BLE001 - an error that nobody foresaw must not lose what the next commit would pass over
            self._log.exception("ingest_failed", records=len(batch), attempt=self._failures + 1)
            await self._try_again(consumer, batch)
        else:
            self._failures = 0
            self._expected |= _following(batch)
            await self._commit(consumer, batch)

    async def _try_again(self, consumer: AIOKafkaConsumer, batch: Sequence[ConsumerRecord]) -> None:
        self._failures += 1
        self._seek_back(consumer, batch)
        await self._pause()

    def _seek_back(self, consumer: AIOKafkaConsumer, batch: Sequence[ConsumerRecord]) -> None:
        first: dict[TopicPartition, int] = {}
        for one in batch:
            partition = TopicPartition(one.topic, one.partition)
            first[partition] = min(one.offset, first.get(partition, one.offset))
        for partition, offset in first.items():
            if partition in consumer.assignment():
                consumer.seek(partition, offset)

    async def _pause(self) -> None:
        wait = min(0.1 * 2**self._failures, _LONGEST_WAIT_S)
        try:
            async with asyncio.timeout(wait):
                await self._stopping.wait()
        except TimeoutError:
            return

    async def _commit(self, consumer: AIOKafkaConsumer, batch: Sequence[ConsumerRecord]) -> None:
        """Commit what was handled, of partitions that are still ours; the rest comes again, harmlessly."""
        ours = consumer.assignment()
        done = {partition: offset for partition, offset in _following(batch).items() if partition in ours}
        if not done:
            return
        try:
            async with asyncio.timeout(self._options.drain_s):
                await consumer.commit(done)
        except (KafkaError, IllegalStateError, TimeoutError) as error:
            self._log.warning("commit_failed", error_type=type(error).__name__)

    async def drain(self) -> None:
        """Wait for the batch in hand, before partitions are given away."""
        try:
            async with asyncio.timeout(self._options.drain_s), self._in_hand:
                pass
        except TimeoutError:
            self._log.warning("drain_timed_out")


class _Drain(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka is not typed
    """While this callback awaits, commits are accepted and no other member gets the partitions."""

    def __init__(self, ingest: RecordConsumer) -> None:
        self._ingest = ingest

    async def on_partitions_revoked(self, revoked: set[TopicPartition]) -> None:
        if revoked:
            await self._ingest.drain()

    async def on_partitions_assigned(self, assigned: set[TopicPartition]) -> None:
        self._ingest.assigned_anew()
        structlog.get_logger().info("partitions_assigned", partitions=len(assigned))


async def _undecoded(message: KafkaMessage) -> KafkaMessage:
    return message


def _following(batch: Sequence[ConsumerRecord]) -> dict[TopicPartition, int]:
    """The offset after the last record of each partition."""
    following: dict[TopicPartition, int] = {}
    for one in batch:
        partition = TopicPartition(one.topic, one.partition)
        following[partition] = max(one.offset + 1, following.get(partition, 0))
    return following


def _record(one: ConsumerRecord) -> Record:
    return Record(
        topic=one.topic,
        partition=one.partition,
        offset=one.offset,
        timestamp=Instant(one.timestamp * MILLISECOND),
        key=one.key,
        value=one.value,
        headers=tuple(one.headers),
    )


def _broker(connection: KafkaConnection, options: ConsumerOptions) -> KafkaBroker:
    quiet = logging.getLogger("router.kafka.faststream")
    quiet.setLevel(logging.ERROR)
    return KafkaBroker(
        connection.bootstrap_servers,
        security=connection.security(),
        client_id="alert-router",
        consumer_only=True,
        allow_auto_create_topics=False,
        apply_types=False,
        graceful_timeout=options.drain_s,
        logger=quiet,
    )
