"""A topic read from a time to its end, for one command: by nobody's group, and nothing is committed."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from router.adapters.kafka.closing import close_in_time
from router.adapters.kafka.connecting import KafkaConnection
from router.adapters.kafka.fetched import bound_unpacking
from router.adapters.kafka.records import as_record
from router.adapters.kafka.topics import ensure_topics
from router.core.model.instant import MILLISECOND, Instant
from router.errors import OperationError, UnavailableError
from router.ports.kafka import Record

_READ: Final = 100
_POLL_MS: Final = 500
PATIENCE_S: Final = 10.0
"""Seconds without a record before the end is reached, and for which what is appended meanwhile is read as well."""

_REACHED_S: Final = 10.0
"""Within so many seconds a broker must have answered at all; aiokafka would wait for 40."""

Take = Callable[[Record], Awaitable[None]]
_Offsets = Mapping[TopicPartition, int]


class LetterTopic:
    """The dead-letter topic, from its beginning or from a time on."""

    def __init__(self, connection: KafkaConnection, topic: str, max_unpacked: int) -> None:
        self._connection = connection
        self._topic = topic
        self._max_unpacked = max_unpacked

    async def read(self, since: Instant, take: Take) -> None:
        """Hand over each record that was appended since then, up to the end as it is now.

        Raises:
            OperationError: Kafka has no such topic.
            UnavailableError: it does not answer, or not any more.
        """
        consumer = await self._started()
        try:
            ends = await self._begin(consumer, since)
            await self._read_to(consumer, ends, take)
        except KafkaError as error:
            raise UnavailableError(f"Kafka: {type(error).__name__}") from error
        finally:
            await consumer.stop()

    async def _started(self) -> AIOKafkaConsumer:
        """A consumer of all partitions; a topic that is not there is looked for first, since asking may create it."""
        await self._look()
        bound_unpacking(self._max_unpacked)
        consumer = AIOKafkaConsumer(
            self._topic,
            **self._connection.arguments(),
            client_id="alert-router-dead-letter",
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            fetch_max_wait_ms=_POLL_MS,
        )
        close_in_time(consumer._client)  # noqa: SLF001 - there is no public way
        try:
            await consumer.start()
        except (KafkaError, OSError) as error:
            await consumer.stop()
            raise UnavailableError(f"Kafka: {type(error).__name__}") from error
        return consumer

    async def _look(self) -> None:
        """Whether the topic is there; raises as `read`."""
        try:
            async with asyncio.timeout(_REACHED_S):
                await ensure_topics(self._connection, [self._topic], create=False, partitions=1, replication_factor=1)
        except TimeoutError as error:
            raise UnavailableError(f"Kafka: no answer in time from {self._connection.bootstrap_servers}") from error
        except OperationError as error:
            if error.__cause__ is None:
                raise
            raise UnavailableError(error.problem, error.remedy) from error.__cause__

    async def _begin(self, consumer: AIOKafkaConsumer, since: Instant) -> _Offsets:
        """Go to where reading begins; the ends. Offsets are named: to begin at the beginning is left to nobody."""
        partitions = sorted(consumer.assignment())
        ends: _Offsets = await consumer.end_offsets(partitions)
        first: _Offsets = await consumer.beginning_offsets(partitions)
        found = await consumer.offsets_for_times(dict.fromkeys(partitions, since // MILLISECOND)) if since else {}
        for one in partitions:
            place = found.get(one)
            later = place.offset if place is not None and place.timestamp >= 0 else first[one]
            consumer.seek(one, max(first[one], later))
        return ends

    async def _read_to(self, consumer: AIOKafkaConsumer, ends: _Offsets, take: Take) -> None:
        """Read until all ends are reached and nothing more is there: Tansu calls ends by too low a number."""
        reached_at: float | None = None
        heard_at = time.monotonic()
        while True:
            batches = await consumer.getmany(timeout_ms=_POLL_MS, max_records=_READ)
            for one in (record for batch in batches.values() for record in batch):
                await take(as_record(one))
            now = time.monotonic()
            if batches:
                heard_at = now
            if all([await consumer.position(one) >= end for one, end in ends.items()]):
                reached_at = reached_at or now
                if not batches or now - reached_at > PATIENCE_S:
                    return
            elif now - heard_at > PATIENCE_S:
                raise UnavailableError(f"Kafka: the topic {self._topic} could not be read to its end")
