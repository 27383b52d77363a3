"""Looking at the running system: books ten times a second, what Slack shows, calls, records, and what Redis holds."""

import asyncio
import time
from collections import Counter
from collections.abc import Coroutine, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from aiokafka import AIOKafkaConsumer, TopicPartition
from redis.exceptions import RedisError

from router.adapters.redis import codec
from router.core.model.group import AlertGroup
from router.core.model.key import GroupId
from tests.chaos import checker
from tests.chaos.evidence import Books, Call, GroupName, Message, Offsets, Record, Seen
from tests.chaos.load import read_changes
from tests.chaos.stage import TENANTS, Stage, team_of

T = TypeVar("T")

EVERY_S: Final = 0.1
INBOUND: Final = "alerts.inbound"
_ELSEWHERE: Final = ("alerts.held", "alerts.dead-letter")
_GROUP: Final = "alert-router"
_OPEN_S: Final = 15.0
"""After so long a call that was not answered never will be."""
_READ_S: Final = 20.0
"""A consumer that has not read all topics by then is replaced by another one, twice."""
_READS: Final = 3
_CLOSE_S: Final = 1.0
"""aiokafka's `stop` may wait for ever for a broker that does not answer."""


@dataclass
class Bookkeeper:
    """Reads all books ten times a second; keeps what does not balance, and how much the product has counted."""

    stage: Stage
    readings: int = 0
    unreachable: int = 0
    violations: list[str] = field(default_factory=list)
    counted: Counter[str] = field(default_factory=Counter)
    """Possible repeats by tenant, also where a younger Redis has forgotten them."""
    latest: dict[str, Books] = field(default_factory=dict)

    async def run(self) -> None:
        while True:
            began = time.monotonic()
            try:
                async with asyncio.timeout(1):
                    await self.read()
            except (RedisError, OSError, TimeoutError):
                self.unreachable += 1
            await asyncio.sleep(max(0.0, EVERY_S - (time.monotonic() - began)))

    async def read(self) -> None:
        """One reading of every tenant's books."""
        pipeline = self.stage.redis.pipeline(transaction=False)
        for tenant in TENANTS:
            pipeline.hgetall(f"alert-router:{{{tenant}}}:books")
        answers = await pipeline.execute()
        for tenant, stored in zip(TENANTS, answers, strict=True):
            books = Books(tenant, time.time(), {name: int(count) for name, count in stored.items()})
            self.readings += 1
            self.violations += checker.balance([books])
            self._count(books)

    def _count(self, books: Books) -> None:
        before = self.latest.get(books.tenant)
        known = before.counts.get("possible_repeats", 0) if before else 0
        self.counted[books.tenant] += max(0, books.counts.get("possible_repeats", 0) - known)
        self.latest[books.tenant] = books

    def settled(self) -> bool:
        """Whether nothing is pending."""
        return all(not books.counts.get("pending") for books in self.latest.values())


@dataclass
class Journal:
    """Every call that reached Slack."""

    stage: Stage
    calls: list[Call] = field(default_factory=list)

    async def read(self) -> None:
        """Take note of the calls since the last look of which it is known what became."""
        answer = await self.stage.emulator(f"calls?after={len(self.calls)}")
        still_open = time.time() - _OPEN_S
        tenants = {team_of(tenant): tenant for tenant in TENANTS}
        for one in answer["calls"]:
            if _is_open(one) and one["arrived_s"] > still_open:
                break
            self.calls.append(_call(one, tenants))


def _is_open(one: Mapping[str, Any]) -> bool:
    """Whether nobody knows yet what becomes of a call; its answer may be lost all the same."""
    return one["answered_s"] is None and not one["accepted"] and one["fault"] != "drop"


def _call(one: Mapping[str, Any], tenants: Mapping[str, str]) -> Call:
    return Call(
        tenant=tenants.get(one["team_id"] or "", ""),
        method=one["method"],
        channel=one["channel"] or "",
        arrived_s=one["arrived_s"],
        answered_s=one["answered_s"],
        accepted=one["accepted"],
        status=one["status"],
        fault=one["fault"],
        text=str(one["args"].get("text", "")),
        threaded=bool(one["args"].get("thread_ts")),
        edited=str(one["args"].get("ts", "")) if one["method"] == "chat.update" else "",
    )


async def shown(stage: Stage) -> list[Message]:
    """What stands in all channels."""
    tenants = {team_of(tenant): tenant for tenant in TENANTS}
    return [
        Message(tenants[one["team_id"]], one["channel"], one["ts"], one["text"])
        for one in (await stage.emulator("texts"))["texts"]
        if not one["deleted"]
    ]


async def channels(stage: Stage) -> dict[str, frozenset[str]]:
    """The ids of each tenant's channels."""
    tenants = {team_of(tenant): tenant for tenant in TENANTS}
    return {
        tenants[one["team_id"]]: frozenset(channel["id"] for channel in one["channels"])
        for one in (await stage.emulator("workspaces"))["workspaces"]
    }


async def in_redis(stage: Stage) -> dict[tuple[GroupName, str], Seen]:
    """What is stored of every alert, in whichever group it is."""
    found: dict[tuple[GroupName, str], Seen] = {}
    for tenant in TENANTS:
        async for key in stage.redis.scan_iter(match=f"alert-router:{{{tenant}}}:g:*", count=1000):
            group = codec.decode(GroupId(key[-32:]), await stage.redis.hgetall(key))
            if isinstance(group, AlertGroup):
                _add(found, tenant, group)
    return found


def _add(found: dict[tuple[GroupName, str], Seen], tenant: str, group: AlertGroup) -> None:
    for alert in group.alerts.values():
        if alert.content is None:
            continue
        labels = alert.content.labels
        name = (GroupName(tenant, labels["alertname"]), labels["instance"])
        known = found.get(name, Seen(0, 0))
        now = alert.registers
        found[name] = Seen(max(known.start_us, now.start), max(known.end_us, now.end))


async def records(stage: Stage) -> tuple[list[Record], Offsets]:
    """All inbound records, what of them was committed, and what went elsewhere.

    Raises:
        TimeoutError: the broker does not come to an end, again and again.
    """
    for _ in range(_READS - 1):
        with suppress(TimeoutError):
            return await in_time(_records(stage), _READ_S)
    return await in_time(_records(stage), _READ_S)


async def in_time(work: Coroutine[Any, Any, T], within_s: float) -> T:
    """What it comes to; what hangs is cancelled, and again while it hangs as it closes what it has open.

    Raises:
        TimeoutError: it took longer.
    """
    task = asyncio.create_task(work)
    await asyncio.wait({task}, timeout=within_s)
    if task.done():
        return task.result()
    while not task.done():
        task.cancel()
        await asyncio.wait({task}, timeout=_CLOSE_S)
    raise TimeoutError(f"it was given up after {within_s:.0f} s")


async def _records(stage: Stage) -> tuple[list[Record], Offsets]:
    async with _consumer(stage) as consumer:
        inbound = [_record(one) for one in await _all(consumer, INBOUND)]
        elsewhere = [one for topic in _ELSEWHERE for one in await _all(consumer, topic)]
        committed = await _committed(stage)
    origins = [dict(one.headers) for one in elsewhere]
    places = frozenset((int(one["origin_partition"]), int(one["origin_offset"])) for one in origins)
    return inbound, Offsets(committed, places)


def _consumer(stage: Stage, group: str | None = None) -> AIOKafkaConsumer:
    return AIOKafkaConsumer(
        bootstrap_servers=stage.kafka_address,
        group_id=group,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
    )


async def _all(consumer: AIOKafkaConsumer, topic: str) -> list[Any]:
    parts = await _partitions(consumer, topic)
    if not parts:
        return []
    consumer.assign(parts)
    ends, found = await consumer.end_offsets(parts), list[Any]()
    await consumer.seek_to_beginning(*parts)
    while any([await consumer.position(part) < ends[part] for part in parts]):
        for batch in (await consumer.getmany(timeout_ms=200)).values():
            found += batch
    return found


async def _partitions(consumer: AIOKafkaConsumer, topic: str) -> list[TopicPartition]:
    await consumer._client.force_metadata_update()
    return [TopicPartition(topic, part) for part in sorted(consumer.partitions_for_topic(topic) or ())]


def _record(one: Any) -> Record:
    tenant = dict(one.headers).get("tenant", b"").decode()
    return Record(tenant, one.partition, one.offset, read_changes(tenant, one.value))


async def _committed(stage: Stage) -> dict[int, int]:
    """By partition; asked as a member of the group would, without joining it."""
    async with _consumer(stage, _GROUP) as consumer:
        parts = await _partitions(consumer, INBOUND)
        consumer.assign(parts)
        return {part.partition: await consumer.committed(part) or 0 for part in parts}
