"""Records in: batches are handled, then committed by partition and offset.

A batch that takes long is overtaken by the next ones. One that could not be handled is tried again. On a rebalance,
a rewind or a stop those under way are finished and committed first; what fails then is sought back to.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from itertools import chain
from typing import Final

import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, ConsumerRecord, TopicPartition
from aiokafka.errors import IllegalStateError, KafkaError

from router.adapters.kafka.connecting import FORBIDDEN, RIGHTS, ConsumerOptions, KafkaConnection
from router.adapters.kafka.faststream import Batch, Handlers, RecordStream
from router.adapters.kafka.membership import Membership
from router.adapters.kafka.offsets import beginning, following, partition_of, position_of
from router.adapters.kafka.overlap import Overlap, Tries
from router.adapters.kafka.progress import Reading
from router.adapters.kafka.records import as_record
from router.core.model.instant import MILLISECOND, Instant
from router.errors import OperationError, UnavailableError
from router.observe.incident import Incident
from router.ports.kafka import Progress, Record

_LONGEST_WAIT_S: Final = 5.0
_TOLERATED_FAILURES: Final = 3
UNFORESEEN: Final = 5
"""Attempts at a batch that meets errors nobody foresaw; then its records are handled one by one, and each ends."""

Handle = Callable[[Sequence[Record]], Awaitable[None]]
Assigned = Callable[[], None]
"""Called when partitions were given to us, or taken."""


class RecordConsumer:
    """The consumer of the inbound topic."""

    def __init__(
        self, connection: KafkaConnection, options: ConsumerOptions, handle: Handle, assigned: Assigned | None = None
    ) -> None:
        self._options = options
        self._handle = handle
        self._assigned = assigned
        self._log = structlog.get_logger()
        self._taking = asyncio.Lock()
        self._stopping = asyncio.Event()
        self._batches = Overlap(self._attempt, self._pass)
        self._failures = 0
        self._waits, self._commits, self._leaderless = Incident(), Incident(), Incident()
        self.membership = Membership(options.instance_id)
        self.joined = False
        self.assignments = 0
        self._expected: dict[TopicPartition, int] = {}
        self._reading = Reading()
        self._stream = RecordStream(connection, options, Handlers(self._take, self._fetch_failed, _Drain(self)))

    async def start(self) -> None:
        """Join the group; returns when partitions were assigned for the first time.

        Raises:
            OperationError: the login has no right to the group, or to the topics.
        """
        try:
            await self._stream.start()
        except FORBIDDEN as error:
            raise OperationError(
                f"Kafka refuses the group ({type(error).__name__}: {error})", remedy=RIGHTS
            ) from error

    async def stop(self) -> None:
        """Finish and commit the batches under way, take no more, leave the group."""
        self._stopping.set()
        async with self._taking:
            await self._batches.settle()
        await self._stream.stop()

    def assigned_again(self) -> None:
        """The group has given us partitions, perhaps none: they begin where the group has committed."""
        self.joined = True
        self.assignments += 1
        self._expected.clear()
        self._stream.gaps.forget()
        if self._assigned is not None:
            self._assigned()

    async def rewind(self, since: Instant) -> None:
        """Read again what was appended since then, also if this process ends before it has.

        Raises:
            UnavailableError: there are no partitions yet, or Kafka does not answer.
        """
        consumer = self._stream.consumer
        if consumer is None or not self.joined:
            raise UnavailableError("Kafka: no partitions are assigned yet")
        async with self._taking:
            if self._stopping.is_set():
                raise UnavailableError("Kafka: the group is being left")
            await self._settle(consumer)
            try:
                async with asyncio.timeout(self._options.answer_s):
                    await self._seek_to(consumer, await self._offsets_since(consumer, since))
            except (KafkaError, IllegalStateError, TimeoutError) as error:
                raise UnavailableError(f"Kafka: {type(error).__name__}") from error

    async def _offsets_since(self, consumer: AIOKafkaConsumer, since: Instant) -> dict[TopicPartition, int]:
        """The first offset of each partition that is not older, where that is behind what is read next."""
        found = await consumer.offsets_for_times(dict.fromkeys(consumer.assignment(), since // MILLISECOND))
        there = {one: place.offset for one, place in found.items() if place is not None and place.timestamp >= 0}
        return {one: offset for one, offset in there.items() if offset < await consumer.position(one)}

    async def _seek_to(self, consumer: AIOKafkaConsumer, offsets: dict[TopicPartition, int]) -> None:
        if not offsets:
            return
        await consumer.commit(offsets)
        for partition, offset in offsets.items():
            consumer.seek(partition, offset)
        self._expected |= offsets
        if self._assigned is not None:
            self._assigned()

    async def progress(self) -> list[Progress]:
        """How far each partition of ours is read."""
        return await self._reading.progress(self._stream.consumer, self._expected, self.assignments)

    @property
    def flowing(self) -> bool:
        """Whether batches can be handled; False once the same one has failed several times."""
        return self._failures < _TOLERATED_FAILURES

    @property
    def reads_all(self) -> bool:
        """Whether each partition of ours has a leader; what stands in the others waits."""
        waiting = self._stream.without_leader()
        if waiting and self._leaderless.happens("away"):
            named = [f"{one.topic}-{one.partition}" for one in waiting]
            self._log.warning("partitions_without_leader", partitions=named)
        elif not waiting:
            self._leaderless.ends()
        return not waiting

    @property
    def assigned(self) -> int:
        """How many partitions are ours now."""
        consumer = self._stream.consumer
        return len(consumer.assignment()) if consumer is not None else 0

    async def _fetch_failed(self, consumer: AIOKafkaConsumer) -> None:
        """All partitions are read again from what was handled last."""
        self._failures += 1
        async with self._taking:
            await self._settle(consumer)
            await self._read_again(consumer)
        await self._pause(self._stopping)

    async def _settle(self, consumer: AIOKafkaConsumer) -> None:
        """Nothing is under way any more; what has not ended comes again."""
        self._seek_back(consumer, list(chain.from_iterable(await self._batches.settle())))

    async def _read_again(self, consumer: AIOKafkaConsumer) -> None:
        for partition in consumer.assignment():
            offset = self._expected.get(partition) or await consumer.committed(partition)
            if offset is not None:
                consumer.seek(partition, offset)
            else:
                await consumer.seek_to_beginning(partition)

    async def _take(self, consumer: AIOKafkaConsumer, batch: Batch) -> None:
        async with self._taking:
            if self._batches.is_of_before(self.assignments):
                await self._settle(consumer)
            left = () if self._stopping.is_set() else await self._left_of(consumer, batch)
            if left:
                await self._batches.begin(left, self.assignments)
        await self._batches.has_room()

    async def _left_of(self, consumer: AIOKafkaConsumer, batch: Batch) -> Batch:
        """What is to be handled of a batch; none of it where Kafka does not let us know, and it comes again."""
        try:
            async with asyncio.timeout(self._options.answer_s):
                return await self._without_rewound(consumer, batch)
        except (KafkaError, TimeoutError):
            self._seek_back(consumer, batch)
            return ()

    async def _without_rewound(self, consumer: AIOKafkaConsumer, batch: Batch) -> Batch:
        """The batch without what comes again, since its partition was rewound after it was fetched."""
        rewound: dict[TopicPartition, int] = {}
        for partition, after in following(batch).items():
            position = await position_of(consumer, partition)
            if position is not None and position < after:
                rewound[partition] = position
        if not rewound:
            return batch
        return tuple(one for one in batch if one.offset < rewound.get(partition_of(one), one.offset + 1))

    async def _attempt(self, batch: Batch, tries: Tries) -> bool:
        """Whether every record of a batch has its end; if not, it is time for another try."""
        try:
            await self._handle([as_record(one) for one in batch])
        except UnavailableError as error:
            if self._waits.happens(str(error)):
                self._log.warning("ingest_waits", error=str(error), records=len(batch), attempt=tries.failed + 1)
        except Exception:  # noqa: BLE001 - an error that nobody foresaw must not lose what the next commit would pass over
            self._log.exception("ingest_failed", records=len(batch), attempt=tries.failed + 1)
            tries.unforeseen += 1
            if tries.unforeseen >= UNFORESEEN and await self._handle_alone(batch):
                return True
        else:
            return True
        tries.failed += 1
        self._failures = max(self._failures, tries.failed)
        await self._pause(self._batches.giving_up)
        return False

    async def _handle_alone(self, batch: Batch) -> bool:
        """Each record on its own; one that fails even so is named and passed. False while an engine is away."""
        for one in batch:
            try:
                await self._handle([as_record(one)])
            except UnavailableError:
                return False
            except Exception:  # noqa: BLE001 - nothing else helps: it would stand in everybody's way for ever
                place = {"topic": one.topic, "partition": one.partition, "offset": one.offset}
                self._log.exception("record_given_up", **place)
        return True

    async def _pass(self, batch: Batch) -> None:
        self._failures = 0
        self._waits.ends()
        self._expected |= following(batch)
        if (consumer := self._stream.consumer) is not None:
            await self._commit(consumer, batch)

    def _seek_back(self, consumer: AIOKafkaConsumer, batch: Sequence[ConsumerRecord]) -> None:
        for partition, offset in beginning(batch).items():
            if partition in consumer.assignment():
                consumer.seek(partition, offset)

    async def _pause(self, until: asyncio.Event) -> None:
        wait = min(0.1 * 2**self._failures, _LONGEST_WAIT_S)
        try:
            async with asyncio.timeout(wait):
                await until.wait()
        except TimeoutError:
            return

    async def _commit(self, consumer: AIOKafkaConsumer, batch: Sequence[ConsumerRecord]) -> None:
        """Commit what was handled, of partitions that are still ours; the rest comes again, harmlessly."""
        ours = consumer.assignment()
        done = {partition: offset for partition, offset in following(batch).items() if partition in ours}
        if not done:
            return
        try:
            async with asyncio.timeout(self._options.answer_s):
                await consumer.commit(done)
        except (KafkaError, IllegalStateError, TimeoutError) as error:
            if self._commits.happens(type(error).__name__):
                self._log.warning("commit_failed", error_type=type(error).__name__, times=self._commits.times)
        else:
            if times := self._commits.ends():
                self._log.info("committed_again", failed=times)

    async def drain(self) -> None:
        """Wait for the batches under way, before partitions are given away."""
        consumer = self._stream.consumer
        try:
            async with asyncio.timeout(self._options.drain_s), self._taking:
                if consumer is not None:
                    await self._settle(consumer)
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
        self._ingest.assigned_again()
        self._ingest.membership.assigned(len(assigned))
