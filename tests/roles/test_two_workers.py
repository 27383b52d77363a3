"""Two workers over one store, while everything that can fail fails; in the end no change is lost and Slack is true.

A script of deeds (alerts that begin and end, time, work, killed workers, new configurations) is played while calls to
the store are refused or lose their replies, calls to Slack fail in every way or come after their lease, and every
call lets others go first, by chance. After each deed the books must balance. Then the faults stop.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from random import Random
from typing import Final

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from router.core.context.listing import listing_of
from router.core.model.group import AlertGroup
from router.core.model.instant import MINUTE, NEVER, SECOND, Span
from router.core.model.key import GroupKey
from router.core.slack.answer import Ambiguous, Answer, ChannelDead, HoldScope, Limited, Refused, Unreached
from router.core.slack.call import SlackCall
from router.errors import UnavailableError
from router.ports.kafka import Record
from router.roles.ingest.hold import HOLD
from tests.adapters.builders import ACME
from tests.examples import examples
from tests.fakes.faults import Fault
from tests.fakes.slack import Done
from tests.roles.builders import ELSEWHERE, EVENTS, a_document, a_record, an_alert, key_of
from tests.roles.worker import Site, Worker, a_worker

Job = Callable[[], Awaitable[None]]

HOME: Final = a_document(receivers="context: {related: [service]}")
GROUPS: Final = {"A": "g", "B": "g", "C": "h", "D": "h"}
"""The group of each alert."""
SPANS: Final = (1, SECOND, 12 * SECOND, 31 * SECOND, 2 * MINUTE)
ANSWERS: Final[tuple[Answer | Done, ...]] = (
    Limited(Span(7 * SECOND), HoldScope.CHANNEL),
    Unreached("connect"),
    Ambiguous("timeout"),
    Done(Ambiguous("timeout")),
    Refused("invalid_blocks"),
    ChannelDead("is_archived"),
)
OUR_FAULTS: Final = {"turn_failed", "call_failed", "ingest_failed", "reconfiguration_failed", "most_records_are_bad"}


@dataclass(frozen=True)
class Deed:
    """One thing that happens; a value, so that a failing script can be read."""

    verb: str
    which: int


class World:
    """The sender, the workers, and what happens to them by chance."""

    def __init__(self, site: Site, workers: list[Worker], seed: int) -> None:
        self.site = site
        self.workers = workers
        self.chance = Random(seed)
        self.fires: dict[str, bool] = {}
        self.inbox: list[Record] = []
        self.sent: list[Record] = []
        self.stalled: list[asyncio.Event] = []
        self.lost: list[asyncio.Task[None]] = []
        self.home = True

    # Faults

    def go_wrong(self) -> None:
        self.site.store.faults.strike = self._strike
        self.site.store.faults.pause = self._pause
        self.site.records.faults.strike = self._strike
        self.site.slack.decide = self._answer
        self.site.slack.faults.pause = self._stall

    def go_right(self) -> None:
        self.site.store.faults.strike = self.site.store.faults.pause = None
        self.site.records.faults.strike = None
        self.site.slack.decide = self.site.slack.faults.pause = None
        for event in self.stalled:
            event.set()

    def _strike(self, _: str) -> Fault | None:
        return self.chance.choice(tuple(Fault)) if self.chance.random() < 0.05 else None

    async def _pause(self) -> None:
        for _ in range(self.chance.randrange(3)):
            await asyncio.sleep(0)

    async def _stall(self) -> None:
        if self.chance.random() < 0.1:
            self.stalled.append(event := asyncio.Event())
            await event.wait()

    def _answer(self, _: SlackCall) -> Answer | Done | None:
        return self.chance.choice(ANSWERS) if self.chance.random() < 0.3 else None

    # What the sender does

    def turn(self, name: str) -> None:
        """An alert begins or ends, and the sender says so with all that fires in its group."""
        self.site.clock.advance(1)
        self.fires[name] = not self.fires.get(name, False)
        self.send(GROUPS[name], ended=None if self.fires[name] else name)

    def send(self, group: str, ended: str | None = None) -> None:
        now = self.site.clock.time
        firing = [name for name, fires in self.fires.items() if fires and GROUPS[name] == group]
        alerts = [an_alert(name, service="checkout") for name in firing]
        alerts += [an_alert(ended, "resolved", starts=now, service="checkout")] if ended else []
        if alerts:
            record = a_record(*alerts, group=group, received=now, offset=len(self.sent))
            self.inbox.append(record)
            self.sent.append(record)

    async def reconfigure(self) -> None:
        self.home = not self.home
        await self.site.tenants.publish(ACME, HOME if self.home else ELSEWHERE)

    # What workers do

    async def work(self) -> None:
        """Every worker does whatever it does, all at once."""
        jobs = [job for worker in self.workers for job in self._jobs(worker)]
        await asyncio.gather(*(_unless_away(job) for job in jobs))

    def _jobs(self, worker: Worker) -> list[Job]:
        jobs: list[Job] = [
            partial(self._take, worker),
            worker.take_turn,
            partial(self._follow, worker),
        ]
        if self.chance.random() < 0.3:
            jobs += [worker.sweep._sweep, worker.relay.flush, worker.held.look]
        return jobs

    async def _take(self, worker: Worker) -> None:
        batch = [record for record in self.inbox if self.chance.random() < 0.8]
        await worker.ingest.handle(batch)
        self.inbox = [record for record in self.inbox if record not in batch]

    async def _follow(self, worker: Worker) -> None:
        before = worker.rules().version
        await worker.tenants.load()
        if worker.rules().version != before:
            await worker.reconfiguration.configuration_changed(ACME)

    async def kill(self, which: int) -> None:
        """A worker dies in the middle of whatever it does, and another one takes its place."""
        victim = self.workers[which]
        jobs = [asyncio.create_task(_unless_away(job)) for job in self._jobs(victim)]
        for _ in range(self.chance.randrange(40)):
            await asyncio.sleep(0)
        jobs += list(victim.in_flight._running)
        for job in jobs:
            job.cancel()
        await asyncio.gather(*jobs, return_exceptions=True)
        self.go_right()
        self.workers[which] = await a_worker(self.site)
        self.go_wrong()

    async def happen(self, deed: Deed) -> None:
        match deed.verb:
            case "turn":
                self.turn(list(GROUPS)[deed.which % len(GROUPS)])
            case "send":
                self.send("gh"[deed.which % 2])
            case "rewind" if self.sent:  # what is handed over again is followed by all that came after it
                self.inbox += self.sent[deed.which % len(self.sent) :]
            case "pass":
                self.site.clock.advance(SPANS[deed.which % len(SPANS)])
            case "wake":
                for event in self.stalled:
                    event.set()
            case "kill":
                await self.kill(deed.which % len(self.workers))
            case "reconfigure":
                await self.reconfigure()
            case _:
                await self.work()

    # The end

    async def calm_down(self) -> None:
        """Faults stop; time passes until nothing is left to be done but to watch what fires."""
        self.go_right()
        for _ in range(200):
            await self.workers[0].take(*self.inbox)
            self.inbox.clear()
            await self._take_what_was_held()
            for worker in self.workers:
                await self._follow(worker)
                await worker.sweep._sweep()
                await worker.take_turn()
                await worker.in_flight.drain()
                await worker.relay.flush()
            if not await self._go_to_next():
                return
        raise AssertionError("it never comes to rest")

    async def _take_what_was_held(self) -> None:
        worker = self.workers[0]
        while worker.held_log.position < len(worker.held_log.held):
            self.site.clock.advance(HOLD)
            await worker.held.look()

    async def _go_to_next(self) -> bool:
        """Go to the time of the next work; whether there is any soon."""
        now = self.site.clock.time
        [next_at] = await self.site.schedule.next_due([ACME])
        assert next_at is not None
        if next_at == NEVER or next_at > now + 10 * MINUTE:
            return False
        self.site.clock.advance(max(0, next_at - now))
        return True

    async def live(self, script: list[Deed]) -> None:
        """All of this happens, and whatever fails, what must hold holds."""
        with capture_logs() as logs:
            self.go_wrong()
            for deed in script:
                await self.happen(deed)
                self.assert_books_balance()
            await self.calm_down()
        self.assert_books_balance()
        self.assert_slack_shows_the_truth()
        self.assert_second_messages_are_counted()
        self.assert_others_may_name_what_is_shown()
        assert not [one for one in logs if one["event"] in OUR_FAULTS]
        assert self.site.dead == []

    # What must hold

    def groups(self) -> list[AlertGroup]:
        return [one for one in self.site.store.tenants[ACME].groups.values() if isinstance(one, AlertGroup)]

    def assert_books_balance(self) -> None:
        books = self.site.store.tenants[ACME].books
        suppressed = sum(count for name, count in books.items() if name.startswith("suppressed:"))
        assert books["changes"] == books["notified"] + books["superseded"] + suppressed + books["pending"], books
        assert books["pending"] == sum(group.pending for group in self.groups()), (
            "the books' pending is not the groups'"
        )
        assert all(count >= 0 for count in books.values()), books

    def assert_slack_shows_the_truth(self) -> None:
        assert not any(group.pending for group in self.groups())
        where = "home" if self.home else "elsewhere"
        assert self.shown() == {(name, where) for name, fires in self.fires.items() if fires}

    def shown(self) -> set[tuple[str, str]]:
        """The alerts that messages show firing, and where."""
        shown = set[tuple[str, str]]()
        for group in self.groups():
            if group.posted is not None:
                text = self.site.slack.messages[group.posted.channel, group.posted.ts].text
                lines = [line.split() for line in text.split(", ")] if text else []
                shown |= {(name, self._place(group.key)) for name, state in lines if state == "firing"}
        return shown

    @staticmethod
    def _place(key: GroupKey) -> str:
        return "home" if key.path == key_of().path else "elsewhere"

    def assert_second_messages_are_counted(self) -> None:
        known = {(group.posted.channel, group.posted.ts) for group in self.groups() if group.posted}
        strays = [
            message.text
            for place, message in self.site.slack.messages.items()
            if place not in known and "firing" in message.text
        ]
        assert len(strays) <= self.site.store.tenants[ACME].books["possible_repeats"], strays

    def assert_others_may_name_what_is_shown(self) -> None:
        rules, listed = self.workers[0].rules(), self.site.store.tenants[ACME].listed
        now = {group: one.listing for group, one in listed.items() if one.until > self.site.clock.time}
        asks = bool(rules.context.related)
        shown = {group.key.group_id: listing_of(rules, group) for group in self.groups() if asks}
        assert not self.home or now == {group: one for group, one in shown.items() if one is not None}

    def assert_every_event_was_relayed(self) -> None:
        data = self.site.store.tenants[ACME]
        assert data.outbox == []
        events = [json.loads(one.value or b"") for one in self.site.records.records if one.topic == EVENTS]
        assert {one["sequence"] for one in events} == set(range(1, data.events + 1))


async def _unless_away(job: Job) -> None:
    with suppress(UnavailableError):
        await job()


VERBS: Final = ("turn",) * 3 + ("send", "rewind", "wake", "kill", "reconfigure") + ("pass",) * 4 + ("work",) * 8
DEEDS: Final = st.builds(Deed, st.sampled_from(VERBS), st.integers(0, 40))


@pytest.mark.long
@examples(150, HealthCheck.function_scoped_fixture)
@given(st.lists(DEEDS, max_size=40), st.integers(0, 1_000_000))
async def test_whatever_fails_no_change_is_lost_and_slack_shows_the_truth(script: list[Deed], seed: int) -> None:
    site = Site()
    await site.open(ACME, HOME)
    world = World(site, [await a_worker(site), await a_worker(site)], seed)
    await world.live(script)
    world.assert_every_event_was_relayed()
