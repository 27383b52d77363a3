"""Topics read from the outside of any group: what went before, whatever Redis has lost."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from itertools import chain
from typing import Final

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from router.adapters.kafka.closing import close_in_time
from router.adapters.kafka.connecting import KafkaConnection
from router.adapters.kafka.fetched import bound_unpacking
from router.adapters.kafka.records import as_record
from router.adapters.kafka.unpack import UNPACKED_MAX
from router.core.model.instant import MILLISECOND, NEVER, Instant
from router.errors import UnavailableError
from router.ports.kafka import Record

_READ: Final = 500
_POLL_MS: Final = 500


class KafkaPast:
    """A reader that comes and goes; `inbound` are the topics in which alerts come."""

    def __init__(
        self, connection: KafkaConnection, events: str, inbound: Sequence[str], max_unpacked: int = UNPACKED_MAX
    ) -> None:
        self._connection = connection
        self._events = events
        self._inbound = inbound
        self._max_unpacked = max_unpacked

    async def exists(self) -> bool:
        """Whether an event was ever appended, also if it has expired by now.

        Raises:
            UnavailableError: Kafka does not answer.
        """
        async with self._reading([self._events]) as consumer:
            return any((await consumer.end_offsets(consumer.assignment())).values())

    def events(self, since: Instant = NEVER) -> AsyncIterator[Sequence[Record]]:
        """All events since then, those of one key in their order, some at a time; raises as `exists`."""
        return self._read([self._events], since)

    def received(self, since: Instant) -> AsyncIterator[Sequence[Record]]:
        """All inbound records since then that are there now, some at a time; raises as `exists`."""
        return self._read(self._inbound, since)

    async def _read(self, topics: Sequence[str], since: Instant) -> AsyncIterator[Sequence[Record]]:
        async with self._reading(topics) as consumer:
            left = await _begin(consumer, since)
            while left:
                found = await consumer.getmany(*left, timeout_ms=_POLL_MS, max_records=_READ)
                yield [as_record(one) for one in chain.from_iterable(found.values())]
                left = {one: end for one, end in left.items() if await consumer.position(one) < end}

    @asynccontextmanager
    async def _reading(self, topics: Sequence[str]) -> AsyncIterator[AIOKafkaConsumer]:
        bound_unpacking(self._max_unpacked)
        consumer = AIOKafkaConsumer(
            *topics,
            **self._connection.arguments(),
            client_id="alert-router",
            enable_auto_commit=False,
            auto_offset_reset="earliest",
        )
        close_in_time(consumer._client)  # noqa: SLF001 - there is no public way
        try:
            await consumer.start()
            yield consumer
        except (KafkaError, OSError) as error:
            raise UnavailableError(f"Kafka: {type(error).__name__}") from error
        finally:
            await consumer.stop()


async def _begin(consumer: AIOKafkaConsumer, since: Instant) -> dict[TopicPartition, int]:
    """Where reading ends, by the partitions of which there is anything to read; each is read from that time on."""
    partitions = list(consumer.assignment())
    ends = await consumer.end_offsets(partitions)
    first = await consumer.beginning_offsets(partitions)
    if since != NEVER:
        found = await consumer.offsets_for_times(dict.fromkeys(partitions, since // MILLISECOND))
        first = {one: ends[one] if place is None else place.offset for one, place in found.items()}
    for partition, offset in first.items():
        consumer.seek(partition, offset)
    return {one: end for one, end in ends.items() if first[one] < end}
