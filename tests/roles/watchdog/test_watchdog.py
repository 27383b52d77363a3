"""A heartbeat that stops is notified once, and its return; never for want of our own eyes."""

import copy
from collections.abc import Mapping
from contextlib import suppress
from typing import Final
from unittest.mock import patch

import pytest
from structlog.testing import capture_logs

from router.core.decide.heartbeat import HELD_FOR
from router.core.model.instant import MINUTE, SECOND, Span
from router.core.model.phase import Idle
from router.core.route.heartbeat import group_of
from router.errors import UnavailableError
from router.observe.problems import TenantProblem
from router.ports.heartbeats import Taker
from router.ports.kafka import Progress, Record
from router.roles.ingest.hold import HeldReason
from router.roles.ingest.progress import ProgressWatch
from router.roles.watchdog.open import OpenWatch
from router.roles.watchdog.shown import Shown
from router.roles.watchdog.watchdog import Inbound, Observed, Watchdog
from tests.adapters.builders import ACME
from tests.roles.builders import INBOUND, a_document, a_record, an_alert
from tests.roles.worker import Site, Worker, a_worker

EVERY: Final = 300.0
WATCHED: Final = a_document(
    receivers="""\
  - {name: oncall, slack: {channel: C0765432}}
heartbeats:
  - {matchers: ['alertname="Watchdog"'], every: 5m, receiver: oncall}
"""
)


def words(every: Span) -> Mapping[str, str]:
    return {"summary": f"nothing for {every // MINUTE} min"}


class Watched:
    """A tenant with a heartbeat, a worker, and what it can observe."""

    def __init__(self, worker: Worker) -> None:
        self.site, self.worker = worker.site, worker
        self.watchdog = Watchdog(
            worker.tenants,
            Observed(self.site.heartbeats, Shown(self.site.groups), self.site.observing, lambda: ["in/0", "in/1"]),
            Inbound(self.site.records, lambda _: INBOUND, words),
            self.site.clock,
            worker.metrics.problems,
        )

    async def beat(self) -> None:
        await self.worker.take(a_record(an_alert("Watchdog"), received=self.site.clock.time))

    async def pass_time(self, seconds: float, *, taker: Taker | None = Taker.GATEWAY, read: bool = True) -> None:
        """Time passes in which all is well with us, or something is not."""
        for _ in range(round(seconds / 5)):
            self.site.pass_time(5)
            now = self.site.clock.time
            if taker:
                await self.site.observing.note_open(taker, now)
            if read:
                await self.site.observing.note_read(dict.fromkeys(("in/0", "in/1"), now))
            await self.watchdog.look()

    async def fold_ours(self) -> int:
        """Take in what the watchdog has appended; how many records that were."""
        ours = [one for one in self.site.records.records if one.topic == INBOUND]
        self.site.records.records[:] = [one for one in self.site.records.records if one.topic != INBOUND]
        for number, one in enumerate(ours):
            headers = tuple(one.headers.items())
            now = self.site.clock.time
            await self.worker.take(Record(INBOUND, 1, 1000 + now + number, now, None, one.value, headers))
        await self.worker.settle_down()
        return len(ours)

    def fires(self) -> bool:
        [heartbeat] = self.worker.rules().heartbeats
        group = self.site.store.tenants[ACME].groups.get(group_of(heartbeat).group_id)
        return group is not None and self.site.group(group_of(heartbeat)).firing == 1


class Reader:
    """Another worker, that reads the heartbeats and cannot fold them."""

    def __init__(self, worker: Worker, reason: HeldReason) -> None:
        self.worker, self.reason = worker, reason
        site, metrics = worker.site, worker.metrics
        self.progress = ProgressWatch(
            self._read, worker.tenants.watched, worker.sick.held, site.observing, site.clock, metrics
        )

    async def _read(self) -> list[Progress]:
        return [Progress("in/0", 0, Span(0))]

    async def take(self) -> None:
        """A heartbeat comes, and is held."""
        with patch.object(self.worker.holding, "sickness", lambda _: self.reason):
            await self.worker.take(a_record(an_alert("Watchdog"), received=self.worker.site.clock.time))

    async def try_again(self) -> None:
        """It is still held."""
        with patch.object(self.worker.still, "sickness", lambda _: self.reason):
            await self.worker.held.look()


@pytest.fixture
async def watched(site: Site) -> Watched:
    await site.tenants.publish(ACME, WATCHED)
    watched = Watched(await a_worker(site))
    await watched.pass_time(5)
    await watched.beat()
    return watched


async def test_it_makes_no_message_and_no_change(watched: Watched) -> None:
    await watched.worker.settle_down()

    assert watched.site.slack.calls == []
    assert (await watched.site.books.read(ACME)).get("changes", 0) == 0


async def test_as_long_as_it_arrives_nobody_is_notified(watched: Watched) -> None:
    for _ in range(5):
        await watched.pass_time(EVERY - 10)
        await watched.beat()

    assert await watched.fold_ours() == 0


async def test_when_it_stops_its_receiver_is_notified_once_and_again_when_it_is_back(watched: Watched) -> None:
    with capture_logs() as logs:
        await watched.pass_time(EVERY + 10)
        assert await watched.fold_ours() == 1
        assert watched.fires()
        [made] = watched.site.slack.calls
        assert made.call.arguments["channel"] == "C0765432"
        await watched.pass_time(60)
        assert await watched.fold_ours() == 0

        await watched.beat()
        await watched.pass_time(5)
        assert await watched.fold_ours() == 1
    assert not watched.fires()
    assert isinstance(watched.site.group(group_of(watched.worker.rules().heartbeats[0])).phase, Idle)
    events = [one["event"] for one in logs if one["event"].startswith("heartbeat")]
    assert events == ["heartbeat_missing", "heartbeat_back"]


async def test_as_long_as_it_is_missing_its_tenant_has_a_problem(watched: Watched) -> None:
    problems = watched.worker.metrics.problems

    await watched.pass_time(EVERY + 60)
    await watched.fold_ours()
    assert list(problems.lasting(TenantProblem.HEARTBEAT_MISSING)) == [ACME]

    await watched.beat()
    await watched.pass_time(5)
    assert not problems.lasting(TenantProblem.HEARTBEAT_MISSING)


async def test_one_that_never_came_is_missing_after_its_time(site: Site) -> None:
    await site.tenants.publish(ACME, WATCHED)
    watched = Watched(await a_worker(site))

    await watched.pass_time(EVERY - 5)
    assert await watched.fold_ours() == 0
    await watched.pass_time(20)
    assert await watched.fold_ours() == 1


async def test_what_is_not_read_yet_counts_against_nobody(watched: Watched) -> None:
    await watched.pass_time(2 * EVERY, read=False)
    assert await watched.fold_ours() == 0

    await watched.beat()  # it was there all the time
    await watched.pass_time(20)
    assert await watched.fold_ours() == 0


async def test_a_partition_of_which_nothing_is_known_makes_all_wait(watched: Watched) -> None:
    partial = Watched(watched.worker)
    object.__setattr__(partial.watchdog.observed, "partitions", lambda: ["in/0", "in/1", "in/2"])

    await partial.pass_time(2 * EVERY)

    assert await partial.fold_ours() == 0


async def test_while_senders_cannot_reach_us_none_is_missing_and_then_the_waiting_begins_again(
    watched: Watched,
) -> None:
    await watched.pass_time(2 * EVERY, taker=None)
    await watched.pass_time(EVERY - 10)
    assert await watched.fold_ours() == 0

    await watched.pass_time(20)
    assert await watched.fold_ours() == 1


@pytest.mark.parametrize(("hours", "missing"), [(23, 0), (25, 1)])
async def test_where_no_gateway_was_there_for_a_day_what_workers_take_counts(
    watched: Watched, hours: int, missing: int
) -> None:
    watched.site.pass_time(hours * 3600)
    await watched.beat()

    await watched.pass_time(EVERY + 20, taker=Taker.WORKER)

    assert await watched.fold_ours() == missing


async def test_nobody_who_was_away_altogether_calls_it_missing(watched: Watched) -> None:
    watched.site.pass_time(3 * EVERY)

    await watched.pass_time(EVERY - 10)

    assert await watched.fold_ours() == 0


@pytest.mark.parametrize("reason", [HeldReason.SUSPENDED, HeldReason.UNAVAILABLE, HeldReason.BUSY])
async def test_of_a_tenant_whose_records_another_worker_holds_nothing_is_missing(
    watched: Watched, reason: HeldReason
) -> None:
    reader = Reader(await a_worker(watched.site), reason)

    for _ in range(7):
        await reader.take()
        await reader.progress.look()
        await watched.pass_time(60)

    assert watched.site.held
    assert await watched.fold_ours() == 0


async def test_as_long_as_one_record_is_still_held_nothing_is_missing_and_then_it_is(watched: Watched) -> None:
    reader = Reader(await a_worker(watched.site), HeldReason.UNAVAILABLE)
    await reader.take()
    for _ in range(12):
        await reader.try_again()
        await reader.progress.look()
        await watched.pass_time(60)
    assert await watched.fold_ours() == 0

    await reader.worker.held.look()
    await watched.pass_time(HELD_FOR / SECOND)

    assert await watched.fold_ours() == 1


async def test_two_workers_notify_once(watched: Watched) -> None:
    second = Watched(await a_worker(watched.site))
    await watched.pass_time(EVERY - 5)
    watched.site.pass_time(5)
    now = watched.site.clock.time
    await watched.site.observing.note_open(Taker.GATEWAY, now)
    await watched.site.observing.note_read(dict.fromkeys(("in/0", "in/1"), now))

    for one in (watched, second):
        await one.watchdog.look()

    assert await watched.fold_ours() == 1


async def test_one_that_is_expected_no_more_is_not_missing_either(watched: Watched) -> None:
    await watched.pass_time(EVERY + 10)
    await watched.fold_ours()
    await watched.site.tenants.publish(ACME, a_document(receivers="  - {name: oncall, slack: {channel: C0765432}}"))
    await watched.worker.tenants.load()
    await watched.worker.tenants.refresh(ACME)

    await watched.pass_time(10)

    assert await watched.fold_ours() == 1
    assert await watched.site.heartbeats.of(ACME) == {}
    assert not watched.worker.tenants.watched


async def test_it_is_notified_although_an_append_failed(watched: Watched) -> None:
    watched.site.records.faults.refuse("append")
    await watched.pass_time(EVERY - 5)
    with pytest.raises(Exception, match="append"):
        await watched.pass_time(20)

    await watched.pass_time(10)

    assert await watched.fold_ours() == 1


@pytest.mark.parametrize("call", [1, 2])
async def test_one_that_is_back_before_that_was_noted_ends(watched: Watched, call: int) -> None:
    note, calls = watched.site.heartbeats.note_missing, 0

    async def killed(*args: object) -> None:
        nonlocal calls
        calls += 1
        if calls == call:
            raise UnavailableError("killed here")
        await note(*args)  # type: ignore[arg-type]

    with patch.object(watched.site.heartbeats, "note_missing", killed), suppress(UnavailableError):
        await watched.pass_time(EVERY + 10)
    assert await watched.fold_ours() == call - 1
    await watched.beat()
    await watched.pass_time(5)

    await watched.fold_ours()

    assert not watched.fires()
    assert await nothing_more(watched) == 0


async def test_one_that_is_back_before_its_alert_was_appended_makes_no_message(watched: Watched) -> None:
    with (
        patch.object(watched.site.records, "append", side_effect=UnavailableError("away")),
        suppress(UnavailableError),
    ):
        await watched.pass_time(EVERY + 10)
    await watched.beat()
    await watched.pass_time(5)

    await watched.fold_ours()

    assert watched.site.slack.calls == []
    assert await nothing_more(watched) == 0


async def test_one_that_is_back_ends_although_an_older_redis_has_lost_that_it_was_missing(watched: Watched) -> None:
    before = copy.deepcopy(watched.site.store.beats)
    await watched.pass_time(EVERY + 10)
    watched.site.store.beats.clear()
    watched.site.store.beats.update(before)
    assert await watched.fold_ours() == 1
    await watched.beat()
    await watched.pass_time(5)

    await watched.fold_ours()

    assert not watched.fires()
    assert await nothing_more(watched) == 0


async def test_one_that_is_not_back_goes_on_although_an_older_redis_has_lost_that(watched: Watched) -> None:
    before = copy.deepcopy(watched.site.store.beats)
    await watched.pass_time(EVERY + 10)
    await watched.fold_ours()
    watched.site.store.beats.clear()
    watched.site.store.beats.update(before)

    await watched.pass_time(60)

    assert await watched.fold_ours() == 0
    assert watched.fires()


async def nothing_more(watched: Watched) -> int:
    """How many records the watchdog appends while the heartbeat arrives."""
    await watched.beat()
    await watched.pass_time(60)
    return await watched.fold_ours()


async def test_a_body_with_a_heartbeat_is_never_passed_unread(watched: Watched) -> None:
    site = watched.site
    for _ in range(3):
        site.pass_time(10)
        record = a_record(an_alert("Watchdog"), an_alert("A"), received=site.clock.time)
        await watched.worker.take(record)

        [beat] = (await site.heartbeats.of(ACME)).values()
        assert beat.seen == site.clock.time


async def test_that_senders_can_reach_us_is_noted_only_while_kafka_answers_and_somebody_asks(site: Site) -> None:
    reached = {"kafka": False}

    async def kafka() -> bool:
        return reached["kafka"]

    async def look(*tenants: str) -> None:
        await OpenWatch(Taker.GATEWAY, kafka, [ACME] if tenants else [], site.observing, site.clock).look()

    await look(ACME)
    reached["kafka"] = True
    await look()
    assert await site.observing.open() == {}
    await look(ACME)
    assert set(await site.observing.open()) == {Taker.GATEWAY}
