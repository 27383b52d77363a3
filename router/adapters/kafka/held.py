"""The held topic: read in passes, each from where the last one left something."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Final

import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from aiokafka.errors import IllegalStateError, KafkaError

from router.adapters.kafka.closing import close_in_time
from router.adapters.kafka.connecting import ConsumerOptions, KafkaConnection
from router.adapters.kafka.fetched import bound_unpacking
from router.adapters.kafka.pace import pace
from router.adapters.kafka.records import as_record
from router.errors import UnavailableError
from router.observe.incident import Incident
from router.ports.kafka import Record

_READ: Final = 100
_POLL_MS: Final = 500
_TIMEOUT_S: Final = 5.0


class HeldTopic(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka is not typed
    """A member of the group that reads the held topic."""

    def __init__(self, connection: KafkaConnection, options: ConsumerOptions) -> None:
        self._connection = connection
        self._options = options
        self._consumer: AIOKafkaConsumer | None = None
        self._next: dict[TopicPartition, int] = {}
        self._commits = Incident()
        self.generation = 0

    async def read(self) -> Sequence[Record]:
        """The next records; none when all have been read for now.

        Raises:
            UnavailableError: Kafka does not answer; the same records come with the next reading.
        """
        consumer = self._consumer or await self._start()
        try:
            batches = await consumer.getmany(timeout_ms=_POLL_MS, max_records=_READ)
        except (KafkaError, IllegalStateError) as error:
            await self._read_again(consumer)
            raise UnavailableError(f"Kafka: {type(error).__name__}") from error
        for partition, batch in batches.items():
            self._next[partition] = batch[-1].offset + 1
        return [as_record(one) for batch in batches.values() for one in batch]

    async def go_on_from(self, offsets: Mapping[int, int]) -> None:
        """Read these partitions again from there, the others on; whoever comes after us begins there as well."""
        consumer = self._consumer
        if consumer is None:
            return
        ours = consumer.assignment()
        begin = {one: offsets.get(one.partition, following) for one, following in self._next.items() if one in ours}
        for partition, offset in begin.items():
            if offset != self._next[partition]:
                consumer.seek(partition, offset)
                self._next[partition] = offset
        if not begin:
            return
        try:
            async with asyncio.timeout(_TIMEOUT_S):
                await consumer.commit(begin)
        except (KafkaError, IllegalStateError, TimeoutError) as error:
            if self._commits.happens(type(error).__name__):
                structlog.get_logger().warning(
                    "commit_failed", error_type=type(error).__name__, times=self._commits.times
                )
        else:
            self._commits.ends()

    async def close(self) -> None:
        """Leave the group, in bounded time."""
        if self._consumer is None:
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(_TIMEOUT_S):
                await self._consumer.stop()

    async def on_partitions_revoked(self, _: set[TopicPartition]) -> None:
        """Nothing is to be done: what was read and not committed comes to whoever has them next."""

    async def on_partitions_assigned(self, _: set[TopicPartition]) -> None:
        """What was remembered of them is void: they begin where the group has committed."""
        self.generation += 1
        self._next.clear()

    async def _read_again(self, consumer: AIOKafkaConsumer) -> None:
        """A fetch that failed may have moved on past what nobody has seen."""
        for partition in consumer.assignment():
            offset = self._next.get(partition) or await consumer.committed(partition)
            if offset is not None:
                consumer.seek(partition, offset)
            else:
                await consumer.seek_to_beginning(partition)

    async def _start(self) -> AIOKafkaConsumer:
        options = self._options
        bound_unpacking(options.max_unpacked)
        consumer = AIOKafkaConsumer(
            **self._connection.arguments(),
            client_id="alert-router-held",
            group_id=options.group_id,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            fetch_max_wait_ms=_POLL_MS,
            session_timeout_ms=options.session_timeout_ms,
            heartbeat_interval_ms=options.session_timeout_ms // 10,
            group_instance_id=options.instance_id,
        )
        pace(consumer._client)  # noqa: SLF001 - there is no public way
        close_in_time(consumer._client)  # noqa: SLF001 - nor here
        try:
            await consumer.start()
        except (KafkaError, OSError) as error:
            await consumer.stop()
            raise UnavailableError(f"Kafka: {type(error).__name__}") from error
        consumer.subscribe(options.topics, listener=self)
        self._consumer = consumer
        return consumer
