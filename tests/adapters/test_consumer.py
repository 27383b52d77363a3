"""Records in from a real broker: nothing odd stops the rest, nothing unhandled is committed, nothing is passed over.

A fresh group takes Tansu five seconds, so all members join at once, each with a group and a topic of its own.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, Final, cast
from unittest.mock import AsyncMock, patch
from uuid import uuid4

import pytest
import structlog
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.errors import CommitFailedError, IllegalStateError, KafkaError
from structlog.testing import capture_logs

from router.adapters.kafka.connecting import ConsumerOptions, KafkaConnection
from router.adapters.kafka.consumer import UNFORESEEN, RecordConsumer
from router.adapters.kafka.topics import ensure_topics
from router.core.model.instant import MILLISECOND, SECOND, Instant
from router.errors import RebuildError, UnavailableError
from router.ports.kafka import Record
from tests.waiting import eventually

PARTITIONS: Final = 2
MEMBERS: Final = (
    *("odd", "earliest", "unavailable", "unforeseen", "neighbours", "stopping"),
    *("failing", "moving", "single", "packed", "late", "asked", "rewound"),
)
VICTIM: Final = f"victim-{uuid4().hex[:12]}"

Behaviour = Callable[[Sequence[Record]], Awaitable[None]]


async def fine(records: Sequence[Record]) -> None:
    """Handle everything."""


@dataclass
class Member:
    """One consumer in a group of its own, which remembers what it was handed and does with it as told."""

    kafka: KafkaConnection
    topic: str
    group: str
    session_timeout_ms: int = 6000
    max_records: int = 100
    behaviour: Behaviour = fine
    handed: list[list[Record]] = field(default_factory=list)
    handled: list[Record] = field(default_factory=list)
    ingest: RecordConsumer = field(init=False)

    def __post_init__(self) -> None:
        options = ConsumerOptions(
            topics=(self.topic,),
            group_id=self.group,
            max_records=self.max_records,
            batch_timeout_ms=50,
            fetch_max_wait_ms=20,
            session_timeout_ms=self.session_timeout_ms,
            drain_s=5.0,
        )
        self.ingest = RecordConsumer(self.kafka, options, self._handle)

    async def _handle(self, records: Sequence[Record]) -> None:
        self.handed.append(list(records))
        await self.behaviour(records)
        self.handled.extend(records)

    def has_handled(self, *values: bytes | None) -> bool:
        return set(values) <= {record.value for record in self.handled}

    def flows(self) -> bool:
        return self.ingest.flowing

    async def committed(self) -> dict[int, int | None]:
        """The committed offset of each partition, as another client reads it."""
        other = AIOKafkaConsumer(
            bootstrap_servers=self.kafka.bootstrap_servers, group_id=self.group, enable_auto_commit=False
        )
        partitions = [TopicPartition(self.topic, number) for number in range(PARTITIONS)]
        other.assign(partitions)
        await other.start()
        try:
            return {one.partition: await other.committed(one) for one in partitions}
        finally:
            await other.stop()

    async def commits(self, *offsets: int) -> None:
        """Wait until just these offsets are committed, by partition."""

        async def reached() -> bool:
            return [offset or 0 for offset in (await self.committed()).values()] == list(offsets)

        await eventually(reached)


class Tank:
    """All members by name, and a producer to feed them."""

    def __init__(self, kafka: KafkaConnection, producer: AIOKafkaProducer) -> None:
        self.kafka = kafka
        self.producer = producer
        self.members = {
            name: Member(kafka, f"{name}-{uuid4().hex[:8]}", f"{name}-{uuid4().hex[:8]}") for name in MEMBERS
        }

    async def feed(
        self,
        name: str,
        *values: bytes | None,
        partition: int = 0,
        headers: Iterable[tuple[str, bytes | None]] = (),
        key: bytes | None = None,
    ) -> None:
        for value in values:
            await self.producer.send_and_wait(
                self.members[name].topic, value, key=key, partition=partition, headers=list(headers)
            )


@pytest.fixture(scope="module")
async def tank(kafka: KafkaConnection) -> AsyncIterator[Tank]:
    async with AIOKafkaProducer(bootstrap_servers=kafka.bootstrap_servers, acks="all") as producer:
        tank = Tank(kafka, producer)
        members = tank.members.values()
        topics = [VICTIM, *(member.topic for member in members)]
        await ensure_topics(kafka, topics, create=True, partitions=PARTITIONS, replication_factor=1)
        await tank.feed("earliest", b"before the group", partition=0)
        await tank.feed("earliest", b"before the group too", partition=1)
        await asyncio.gather(*(member.ingest.start() for member in members))
        yield tank
        await asyncio.gather(*(member.ingest.stop() for member in members))


async def test_a_new_group_begins_with_the_oldest_record(tank: Tank) -> None:
    member = tank.members["earliest"]

    await eventually(lambda: member.has_handled(b"before the group", b"before the group too"))

    await member.commits(1, 1)


async def test_a_record_arrives_as_it_was_sent(tank: Tank) -> None:
    member = tank.members["single"]
    headers: list[tuple[str, bytes | None]] = [("tenant", b"acme"), ("tenant", b"beta"), ("empty", b"")]
    await tank.feed("single", b'{"a": "\xc3\xa9"}', partition=1, key=b"\xff\x00", headers=headers)

    [record] = await eventually(lambda: member.handled)

    assert (record.topic, record.partition, record.offset) == (member.topic, 1, 0)
    assert (record.key, record.value, list(record.headers)) == (b"\xff\x00", b'{"a": "\xc3\xa9"}', headers)
    assert 1_700_000_000 * SECOND < record.timestamp < 4_000_000_000 * SECOND
    assert (member.ingest.joined, member.ingest.assigned) == (True, PARTITIONS)


async def test_no_odd_record_stops_the_others_or_the_commit(tank: Tank) -> None:
    member = tank.members["odd"]
    await tank.feed("odd", b"null header", headers=[("tenant", None)])
    await tank.feed("odd", b"no text in header", headers=[("tenant", b"\xff\xfe"), ("content-type", b"\x80")])
    await tank.feed("odd", b"odd names", headers=[("", b""), ("\x00", b"\x00"), ("correlation_id", b"\xff")])
    await tank.feed("odd", None, b"", b"\xff\x00garbage", b"{" * 10_000, key=b"k")
    await tank.feed("odd", b"answer me", headers=[("reply_to", VICTIM.encode()), ("correlation_id", b"1")])
    await tank.feed("odd", b"a good one", headers=[("tenant", b"acme")])

    await eventually(lambda: member.has_handled(b"a good one"))

    assert [record.value for record in member.handled] == [
        b"null header", b"no text in header", b"odd names", None, b"", b"\xff\x00garbage", b"{" * 10_000,
        b"answer me", b"a good one",
    ]  # fmt: skip
    assert member.handled[0].headers == (("tenant", None),)
    assert member.handled[1].headers == (("tenant", b"\xff\xfe"), ("content-type", b"\x80"))
    await member.commits(9, 0)


async def test_a_record_cannot_make_us_publish_by_naming_a_reply_topic(tank: Tank) -> None:
    member = tank.members["asked"]
    await tank.feed("asked", b"reply!", partition=1, headers=[("reply_to", VICTIM.encode())])
    await eventually(lambda: member.has_handled(b"reply!"))
    await member.commits(0, 1)

    async with AIOKafkaConsumer(bootstrap_servers=tank.kafka.bootstrap_servers) as other:
        ends = await other.end_offsets([TopicPartition(VICTIM, number) for number in range(PARTITIONS)])

    assert set(ends.values()) == {0}


@pytest.mark.parametrize("codec", ["gzip", "snappy", "lz4", "zstd"])
async def test_producers_may_compress_as_they_like(tank: Tank, codec: str) -> None:
    member = tank.members["packed"]
    async with AIOKafkaProducer(bootstrap_servers=tank.kafka.bootstrap_servers, compression_type=codec) as producer:
        await producer.send_and_wait(member.topic, codec.encode() * 100, partition=0)

    await eventually(lambda: member.has_handled(codec.encode() * 100))


async def test_what_could_not_be_handled_comes_again_and_nothing_is_committed_past_it(tank: Tank) -> None:
    member = tank.members["unavailable"]

    async def redis_is_away(records: Sequence[Record]) -> None:
        raise UnavailableError("Redis: connection refused")

    member.behaviour = redis_is_away
    await tank.feed("unavailable", b"1", b"2", b"3")
    await eventually(lambda: len(member.handed) >= 3)
    assert not member.flows()
    assert set((await member.committed()).values()) <= {None, 0}

    member.behaviour = fine
    await eventually(lambda: member.has_handled(b"1", b"2", b"3"))

    assert [record.value for record in member.handled] == [b"1", b"2", b"3"]
    assert member.flows()
    await member.commits(3, 0)


async def test_a_batch_that_failed_is_not_passed_over_by_the_next_commit(tank: Tank) -> None:
    member = tank.members["neighbours"]

    async def one_tenant_is_gone(records: Sequence[Record]) -> None:
        if any(record.partition == 0 for record in records):
            raise RebuildError("Redis holds no data of tenant 'acme' any more")

    member.behaviour = one_tenant_is_gone
    await tank.feed("neighbours", b"bad 1", b"bad 2")
    await eventually(lambda: member.handed)
    await tank.feed("neighbours", b"good 1", b"good 2", b"good 3", partition=1)
    await eventually(lambda: len(member.handed) >= 3)
    assert (await member.committed())[0] in {None, 0}

    member.behaviour = fine
    await eventually(lambda: member.has_handled(b"bad 1", b"bad 2", b"good 1", b"good 2", b"good 3"))

    await member.commits(2, 3)
    assert [record.value for record in member.handled if record.partition == 0] == [b"bad 1", b"bad 2"]


async def test_what_was_appended_since_is_read_again_and_what_is_older_is_not(tank: Tank) -> None:
    member = tank.members["rewound"]
    await tank.feed("rewound", b"old", partition=0)
    await tank.feed("rewound", b"elsewhere", partition=1)
    await eventually(lambda: member.has_handled(b"old", b"elsewhere"))
    between = max(one.timestamp for one in member.handled) + 50 * MILLISECOND
    await eventually(lambda: datetime.now(UTC).timestamp() * SECOND > between)
    await tank.feed("rewound", b"new", b"newer", partition=0)
    await eventually(lambda: member.has_handled(b"newer"))
    await member.commits(3, 1)
    member.handled.clear()

    await member.ingest.rewind(Instant(between))

    await eventually(lambda: member.has_handled(b"new", b"newer"))
    await member.commits(3, 1)
    assert [one.value for one in member.handled] == [b"new", b"newer"]


async def test_without_partitions_nothing_can_be_read_again(kafka: KafkaConnection) -> None:
    with pytest.raises(UnavailableError):
        await Member(kafka, "nowhere", "nobody").ingest.rewind(Instant(0))


async def test_an_error_that_nobody_foresaw_loses_no_record(tank: Tank) -> None:
    member = tank.members["unforeseen"]

    async def bug(records: Sequence[Record]) -> None:
        raise ValueError("a bug of ours")

    member.behaviour = bug
    await tank.feed("unforeseen", b"1")
    await eventually(lambda: member.handed)
    await tank.feed("unforeseen", b"2")
    member.behaviour = fine

    await eventually(lambda: member.has_handled(b"1", b"2"))
    await member.commits(2, 0)


async def test_a_record_that_always_meets_an_error_is_passed_in_the_end_and_named() -> None:
    consumer, seen = StubConsumer({P0, P1}), list[int]()

    async def one_is_odd(records: Sequence[Record]) -> None:
        if any((record.partition, record.offset) == (0, 8) for record in records):
            raise ValueError("a bug of ours")
        seen.extend(record.offset for record in records)

    ingest = an_ingest(one_is_odd)
    with capture_logs() as logs:
        await to_its_end(ingest, consumer)

    assert sum(one["event"] == "ingest_failed" for one in logs) == UNFORESEEN
    assert consumer.commits == [{P0: 9, P1: 5}]
    assert sorted(seen) == [3, 4, 7]
    [line] = [one for one in logs if one["event"] == "record_given_up"]
    assert (line["topic"], line["partition"], line["offset"]) == ("alerts.inbound", 0, 8)


async def test_an_engine_that_is_away_counts_as_no_error() -> None:
    consumer, tried = StubConsumer({P0, P1}), list[int]()

    async def odd_and_away(records: Sequence[Record]) -> None:
        tried.append(len(records))
        if len(tried) == 4 * UNFORESEEN:
            ingest._batches.giving_up.set()
        raise ValueError("a bug of ours") if len(records) > 1 else UnavailableError("Redis: connection refused")

    ingest = an_ingest(odd_and_away)
    await to_its_end(ingest, consumer)

    assert consumer.commits == []


async def test_stopping_finishes_and_commits_the_batch_in_hand_and_takes_no_more(tank: Tank) -> None:
    member, gate = tank.members["stopping"], asyncio.Event()

    async def slow(records: Sequence[Record]) -> None:
        await gate.wait()

    member.behaviour = slow
    await tank.feed("stopping", b"in hand")
    await eventually(lambda: member.handed)
    stopping = asyncio.create_task(member.ingest.stop())
    await tank.feed("stopping", b"too late")
    assert not stopping.done()

    gate.set()
    await stopping

    assert [record.value for record in member.handled] == [b"in hand"]
    assert member.ingest.assigned == 0
    await member.commits(1, 0)


async def test_a_batch_that_comes_while_stopping_is_left_for_others(tank: Tank) -> None:
    member = tank.members["late"]
    member.ingest._stopping.set()
    consumer = member.ingest._stream.consumer
    await tank.feed("late", b"1")

    async def was_fetched() -> bool:
        return consumer is not None and bool(await consumer.position(TopicPartition(member.topic, 0)))

    await eventually(was_fetched)
    await member.ingest.stop()

    assert member.handed == []
    assert set((await member.committed()).values()) <= {None, 0}


async def test_stopping_while_redis_is_away_ends_at_once_and_commits_nothing(tank: Tank) -> None:
    member = tank.members["failing"]

    async def redis_is_away(records: Sequence[Record]) -> None:
        raise UnavailableError("Redis: connection refused")

    member.behaviour = redis_is_away
    await tank.feed("failing", b"1")
    await eventually(lambda: len(member.handed) >= 4)

    async with asyncio.timeout(3):
        await member.ingest.stop()

    assert set((await member.committed()).values()) <= {None, 0}


async def test_a_batch_in_hand_is_committed_before_its_partitions_move_and_nothing_is_lost(tank: Tank) -> None:
    first, gate = tank.members["moving"], asyncio.Event()

    async def slow(records: Sequence[Record]) -> None:
        await gate.wait()

    first.behaviour = slow
    await tank.feed("moving", b"in hand 0", partition=0)
    await eventually(lambda: first.handed)
    second = Member(tank.kafka, first.topic, first.group)
    joining = asyncio.create_task(second.ingest.start())
    try:
        await eventually(lambda: _waits_for_the_batch(first.ingest))
        assert (second.ingest.assigned, first.handled) == (0, [])

        gate.set()
        await joining
        await first.commits(1, 0)
        await eventually(lambda: (first.ingest.assigned, second.ingest.assigned) == (1, 1))
        for partition in range(PARTITIONS):
            await tank.feed("moving", b"later %d" % partition, partition=partition)

        def all_seen() -> bool:
            seen = {record.value for member in (first, second) for record in member.handled}
            return {b"in hand 0", b"later 0", b"later 1"} <= seen

        await eventually(all_seen)
        assert not second.has_handled(b"in hand 0")
        await first.commits(2, 1)
    finally:
        gate.set()
        await joining
        await second.ingest.stop()


def _waits_for_the_batch(ingest: RecordConsumer) -> bool:
    return ingest._batches.giving_up.is_set()


@dataclass
class StubConsumer:
    """A consumer that owns some partitions and fails as told, for what a real broker does too rarely."""

    owned: set[TopicPartition]
    error: BaseException | None = None
    hangs: bool = False
    positions: dict[TopicPartition, int] = field(default_factory=dict)
    commits: list[dict[TopicPartition, int]] = field(default_factory=list)
    seeks: dict[TopicPartition, int] = field(default_factory=dict)

    def assignment(self) -> set[TopicPartition]:
        return self.owned

    def seek(self, partition: TopicPartition, offset: int) -> None:
        self.seeks[partition] = offset

    async def position(self, partition: TopicPartition) -> int:
        if partition not in self.positions:
            raise IllegalStateError
        return self.positions[partition]

    async def commit(self, offsets: dict[TopicPartition, int]) -> None:
        self.commits.append(offsets)
        if self.hangs:
            await asyncio.Event().wait()
        if self.error is not None:
            raise self.error


@dataclass(frozen=True)
class Raw:
    """What a batch needs of a record."""

    partition: int
    offset: int
    topic: str = "alerts.inbound"
    timestamp: int = 1
    timestamp_type: int = 0
    key: bytes | None = None
    value: bytes | None = b""
    headers: tuple[Any, ...] = ()


BATCH: Final = (Raw(0, 7), Raw(1, 3), Raw(0, 8), Raw(1, 4))
P0, P1 = TopicPartition("alerts.inbound", 0), TopicPartition("alerts.inbound", 1)


def an_ingest(handle: Behaviour = fine, *, drain_s: float = 5.0) -> RecordConsumer:
    options = ConsumerOptions(("alerts.inbound",), "group", 100, 50, 20, 6000, drain_s)
    return RecordConsumer(KafkaConnection("127.0.0.1:1"), options, handle)


async def to_its_end(ingest: RecordConsumer, consumer: Any, *, once: bool = False) -> None:
    """Take a batch until it has ended, without a wait between two tries; or try it once, and seek back to it."""
    ingest._stream = cast("Any", SimpleNamespace(consumer=consumer))
    with patch.object(ingest, "_pause", AsyncMock()):
        if once:
            ingest._batches.giving_up.set()
        await ingest._batches.begin(cast("Any", BATCH), 0)
        await ingest._settle(consumer)


async def test_a_fetch_that_finds_nothing_is_followed_by_the_next_at_once() -> None:
    class Idle:
        async def getmany(self, *_: object, **__: object) -> dict[TopicPartition, list[Raw]]:
            return {}

    options = ConsumerOptions(("alerts.inbound",), "group", 100, 60_000, 20, 6000, 5.0)
    ingest = RecordConsumer(KafkaConnection("127.0.0.1:1"), options, fine)

    async with asyncio.timeout(1):
        assert await ingest._stream._subscriber.get_msg(Idle()) == ()


async def test_a_commit_names_the_next_offset_of_each_partition_that_was_handled() -> None:
    consumer = StubConsumer({P0, P1})

    await to_its_end(an_ingest(), consumer)

    assert consumer.commits == [{P0: 9, P1: 5}]


@pytest.mark.parametrize(
    ("positions", "handled"),
    [
        ({P0: 9, P1: 5}, [7, 3, 8, 4]),
        ({P0: 2, P1: 5}, [3, 4]),
        ({P0: 8, P1: 5}, [7, 3, 4]),
        ({P0: 2, P1: 3}, []),
        ({P1: 5}, [7, 3, 8, 4]),
    ],
)
async def test_of_what_was_fetched_before_a_rewind_only_what_does_not_come_again_is_handled(
    positions: dict[TopicPartition, int], handled: list[int]
) -> None:
    seen = list[int]()

    async def noting(records: Sequence[Record]) -> None:
        seen.extend(one.offset for one in records)

    await an_ingest(noting)._take(StubConsumer({P0, P1}, positions=positions), BATCH)

    assert seen == handled


async def test_a_partition_that_was_taken_away_meanwhile_is_neither_committed_nor_sought() -> None:
    async def redis_is_away(records: Sequence[Record]) -> None:
        raise UnavailableError("Redis: connection refused")

    consumer = StubConsumer({P1})

    await to_its_end(an_ingest(), consumer)
    await to_its_end(an_ingest(redis_is_away), consumer, once=True)

    assert consumer.commits == [{P1: 5}]
    assert consumer.seeks == {P1: 3}


async def test_without_any_partition_left_nothing_is_committed() -> None:
    consumer = StubConsumer(set())

    await to_its_end(an_ingest(), consumer)

    assert consumer.commits == []


@pytest.mark.parametrize("error", [CommitFailedError(), IllegalStateError(), KafkaError()])
async def test_a_commit_that_fails_leaves_the_records_to_come_again(error: Exception) -> None:
    consumer = StubConsumer({P0, P1}, error)

    await to_its_end(an_ingest(), consumer)

    assert len(consumer.commits) == 1
    assert consumer.seeks == {}


async def test_commits_that_fail_one_after_the_other_are_one_warning_until_one_succeeds() -> None:
    """A broker that has lost its groups refuses every commit until the group has formed again."""
    lost, found = StubConsumer({P0, P1}, CommitFailedError()), StubConsumer({P0, P1})
    ingest = an_ingest()
    with structlog.testing.capture_logs() as logged:
        for _ in range(196):
            await to_its_end(ingest, lost)
        await to_its_end(ingest, found)
        await to_its_end(ingest, found)
        await to_its_end(ingest, lost)

    commits = {"commit_failed", "committed_again"}
    assert [(one["event"], one.get("failed")) for one in logged if one["event"] in commits] == [
        ("commit_failed", None),
        ("committed_again", 196),
        ("commit_failed", None),
    ]


async def test_an_engine_that_is_away_is_one_warning_until_a_batch_is_handled() -> None:
    away = [True]

    async def redis_is_away(records: Sequence[Record]) -> None:
        if away[0]:
            raise UnavailableError("Redis: connection refused")

    consumer, ingest = StubConsumer({P0, P1}), an_ingest(redis_is_away)
    with structlog.testing.capture_logs() as logged:
        for _ in range(5):
            await to_its_end(ingest, consumer, once=True)
        away[0] = False
        await to_its_end(ingest, consumer)
        away[0] = True
        await to_its_end(ingest, consumer, once=True)

    waits = [one for one in logged if one["event"] == "ingest_waits"]
    assert [one["attempt"] for one in waits] == [1, 1]


async def test_a_commit_that_hangs_is_given_up() -> None:
    consumer = StubConsumer({P0, P1}, hangs=True)

    async with asyncio.timeout(2):
        await to_its_end(an_ingest(drain_s=0.05), consumer)

    assert len(consumer.commits) == 1


async def test_a_drain_gives_up_after_a_while_so_that_the_group_goes_on() -> None:
    ingest = an_ingest(drain_s=0.05)

    async with ingest._taking, asyncio.timeout(2):
        await ingest.drain()
