"""All engines in memory, and workers that are wired upon them as the composition root does it."""

import asyncio
import json
import time
from dataclasses import replace
from typing import Any, Final
from unittest.mock import patch

from prometheus_client import CollectorRegistry

from router.core.budget.buckets import WorkspaceRates
from router.core.decide.policy import CallTimes
from router.core.model.alert import TenantId
from router.core.model.group import AlertGroup
from router.core.model.instant import HOUR, MINUTE, NEVER, SECOND, Instant, Span
from router.core.model.key import GroupKey
from router.core.model.operation import Lane, Method
from router.core.model.rules.limits import Rate
from router.core.model.rules.tenant import Tenant
from router.core.pool import Pool
from router.observe.metrics import Metrics
from router.ports.generation import Generation
from router.ports.kafka import Record
from router.ports.pools import ONE_POOL, Pools
from router.ports.signing import Signing
from router.roles.charting.charting import Charting
from router.roles.charting.illustrating import ChartStore, Illustrating
from router.roles.ingest.dead_letters import DeadLetters, LetterTopics
from router.roles.ingest.folding import Folding
from router.roles.ingest.held import HeldRecords, StillHeld
from router.roles.ingest.hold import HeldAppends, HeldReason, Holding, Sick
from router.roles.ingest.ingest import Ingest
from router.roles.ingest.known import KnownBodies
from router.roles.ingest.learning import Learning
from router.roles.ingest.merge import Merging
from router.roles.ingest.origins import Origins, Unsigned
from router.roles.ingest.read import RecordReader
from router.roles.ingest.refused import RefusedAlerts
from router.roles.ingest.regroup import Regrouping
from router.roles.ingest.shortcut import Engines, Shortcut
from router.roles.ingest.skew import SkewWatch
from router.roles.ingest.storage import Storage
from router.roles.inhibiting import Inhibiting
from router.roles.just_stored import JustStored
from router.roles.memory import MemoryWatch
from router.roles.notify.absorbing import Absorbing
from router.roles.notify.around import Around
from router.roles.notify.asking import Asking
from router.roles.notify.backlog import Backlog
from router.roles.notify.credentials import Credentials, SlackCredential
from router.roles.notify.delivery import DeliveryWorker
from router.roles.notify.dispatch import Dispatcher
from router.roles.notify.doubts import Doubts
from router.roles.notify.due import BesideTurns, DueGroups
from router.roles.notify.fallback import Fallback, FallbackOptions
from router.roles.notify.gathering import Gathering
from router.roles.notify.grant import Grants
from router.roles.notify.heads import Heads
from router.roles.notify.identities import Identities, IdentityOptions
from router.roles.notify.in_flight import Delivery, InFlight
from router.roles.notify.lanes import Lanes
from router.roles.notify.lessons import Lessons
from router.roles.notify.loading import GroupLoader
from router.roles.notify.loop import Notifier, Sweep
from router.roles.notify.own_turns import OwnTurns
from router.roles.notify.places import InFlightLimits, Places
from router.roles.notify.pulse import Pulse
from router.roles.notify.reading import Reading
from router.roles.notify.reconfigure import Reconfiguration
from router.roles.notify.relay import Relay
from router.roles.notify.reroute import Rerouting
from router.roles.notify.rounds import Rounds
from router.roles.notify.settlement import Settlement
from router.roles.notify.trials import BlockTrials
from router.roles.notify.turn import TenantTurn
from router.roles.notify.unfinished import Unfinished
from router.roles.notify.unreadable import Unreadable
from router.roles.notify.watch import Watch
from router.roles.pools import NamedPools
from router.roles.recovery.lost import LostTenants
from router.roles.tenants import ActiveTenants
from router.roles.transitions import HISTORY, Transitions
from router.roles.watchdog.beats import Noting
from tests.adapters.builders import ACME
from tests.catalogue import CATALOGUE
from tests.contracts.engines import InMemory
from tests.fakes.alertmanager import FakeAlertmanager
from tests.fakes.clock import FakeClock
from tests.fakes.prometheus import FakePrometheus
from tests.fakes.records import Appended, FakeHeldLog, FakeRecordLog
from tests.fakes.rendering import FakeRendering
from tests.fakes.schedule import FakeTurns
from tests.fakes.slack import FakeSlack
from tests.fakes.tenants import FakeSecrets
from tests.roles.builders import CHANNEL, DEAD, EVENTS, HELD, a_document, a_record, an_alert, key_of

TOKEN: Final = "xoxb-acme"
LEASE: Final = Span(30 * SECOND)
TIMES: Final = CallTimes(LEASE, ambiguous_wait=Span(10 * SECOND), park_retry=MINUTE, channel_retry=MINUTE)
RATES: Final = WorkspaceRates(
    channel=Rate(SECOND, 1), posts=Rate(Span(MINUTE // 240), 20), edits=Rate(Span(MINUTE // 40), 8)
)
POOLS: Final = frozenset({Pool("gold"), Pool("silver")})
"""Those of a worker that is of a pool."""
LIMITS: Final = InFlightLimits(total=10, per_tenant=5, per_workspace=8, slow_after_s=2, drain_s=5)


class Site(InMemory):
    """Every engine that a service stands on."""

    def __init__(self) -> None:
        super().__init__()
        self.slack = FakeSlack()
        self.records = FakeRecordLog()
        self.store.generation = Generation("first", NEVER)
        self.secrets = FakeSecrets()
        self.localizations = CATALOGUE

    async def open(self, tenant: TenantId = ACME, document: str = "") -> None:
        """A tenant is there, with a token that works."""
        await self.tenants.publish(tenant, document or a_document(tenant))
        self.secrets.values[tenant, "slack"] = f"xoxb-{tenant}"

    def group(self, key: GroupKey | None = None, tenant: TenantId = ACME) -> AlertGroup:
        """A group as it is stored."""
        return self.store.group(tenant, (key or key_of()).group_id)

    def pass_time(self, seconds: float) -> None:
        """Let time pass."""
        self.clock.advance(round(seconds * SECOND))

    @property
    def held(self) -> list[tuple[str, bytes | None]]:
        """Reason and value of each record that was held."""
        letters = [one for one in self.records.records if one.topic == HELD]
        return [(one.headers["held_reason"].decode(), one.value) for one in letters]

    @property
    def letters(self) -> list[Appended]:
        """The dead letters."""
        return [one for one in self.records.records if one.topic == DEAD]

    @property
    def events(self) -> list[Any]:
        """The events that Kafka has."""
        return [json.loads(one.value or b"") for one in self.records.records if one.topic == EVENTS]

    @property
    def dead(self) -> list[tuple[str, bytes | None]]:
        """Reason and value of each dead letter."""
        return [(one.headers["reason"].decode(), one.value) for one in self.letters]


class Worker:
    """One worker process: the roles, not yet running."""

    def __init__(
        self,
        site: Site,
        limits: InFlightLimits = LIMITS,
        rates: WorkspaceRates = RATES,
        signing: Signing | None = None,
        unsigned: Unsigned = Unsigned.ACCEPT,
        pool: Pool | None = None,
    ) -> None:
        self.site = site
        self.rates = rates
        self.metrics = Metrics(CollectorRegistry())
        self.origins = Origins(self.metrics, signing, unsigned, {"alerts.bound": "acme"})
        self.news = asyncio.Event()
        self.tenants = ActiveTenants(site.tenants)
        self.relay = Relay(site.outbox, site.records, EVENTS, self.metrics)
        self.unreadable, self.just_stored = Unreadable(), JustStored()
        self.pools = ONE_POOL if pool is None else Pools(pool, NamedPools(self.tenants.named_pool, POOLS).of)
        self.all_turns = site.turns if pool is None else FakeTurns(site.store, self.pools)
        self.turns = OwnTurns(self.all_turns, site.clock, self.unreadable, look=Span(0), pools=self.pools)
        self.transitions = Transitions(site.groups, self.turns, self.just_stored, self.relay.look_at, self.metrics)
        self.memory = MemoryWatch(site.memory, self.tenants, self.metrics)
        self.merging = Merging(
            self.tenants, site.groups, self.transitions, site.clock, self.metrics, Storage(site.memory, self.memory)
        )
        self._wire_ingest()
        self._wire_delivery(limits)
        self._wire_turns()

    def _wire_ingest(self) -> None:
        site = self.site
        topics, origins = LetterTopics(DEAD, EVENTS), self.origins
        self.dead_letters = DeadLetters(site.records, site.books, topics, origins, self.metrics)
        self.reader = RecordReader(
            self.tenants, self.dead_letters, self.metrics, origins.bound, origins, SkewWatch(self.metrics)
        )
        self.regrouping = Regrouping(self.tenants, site.groups, self.transitions, self.merging, site.clock)
        self.refused = RefusedAlerts(self.dead_letters, self.metrics)
        folding = Folding(self.tenants, self.regrouping, self.refused, Noting(site.heartbeats))
        self.sick = sick = Sick(self.unwell)
        self.learning = Learning(KnownBodies())
        beats = Noting(site.heartbeats)
        learned = Folding(self.tenants, self.regrouping, self.refused, beats, self.learning.landed)
        appends, of_held = HeldAppends(site.records, HELD, origins), origins.of_held()
        self.holding = Holding(appends, self.dead_letters, sick, site.clock, self.metrics)
        self.holding.patience_s = 60  # however busy the machine is
        self.still = StillHeld(self.dead_letters, sick, site.clock)
        inbound = Ingest(self.reader, learned, self.holding, site.clock, site.clock, self.news.set)
        engines = Engines(site.group_marks, site.group_marks, site.clock, self.metrics)
        self.ingest = Shortcut(inbound, self.learning, self.tenants, self.holding, engines, origins)
        held_reader = replace(self.reader, origins=of_held)
        again = Ingest(held_reader, folding, self.still, site.clock, site.clock, self.news.set)
        kept = Holding(replace(appends, origins=of_held), self.dead_letters, sick, site.clock, self.metrics)
        self.held_log = FakeHeldLog(site.records, HELD)
        self.held = HeldRecords(self.held_log, again, self.still, kept, site.clock, self.metrics)

    def _wire_delivery(self, limits: InFlightLimits) -> None:
        site = self.site
        self.prometheus = FakePrometheus()
        illustrating = Illustrating(ChartStore(site.groups, self.transitions, TIMES), site.clock)
        self.charting = Charting(
            self.prometheus, site.secrets, illustrating, site.clock, self.metrics, self.seconds, after_s=0
        )
        self.transitions.charts.drawer = self.charting
        self.rendering = FakeRendering(self.charting)
        self.settlement = Settlement(site.groups, self.transitions, site.clock, self.metrics)
        notices = FallbackOptions(self.rates, LEASE)
        self.fallback = Fallback(site.slack, site.limiter, site.localizations, site.notices, self.tenants, notices)
        self.places = Places(limits)
        self.lanes = Lanes(self.places, site.schedule, self.turns, site.clock, self.news.set)
        options = IdentityOptions(HOUR / SECOND, self.lanes.token_asked)
        self.identities = Identities(site.workspaces, site.slack, self.metrics, options)
        self.trials = BlockTrials(site.workspaces, site.clock, self.seconds)
        self.lessons = Lessons(site.limiter, self.identities, self.fallback, self.trials, TIMES.channel_retry)
        self.delivery = DeliveryWorker(
            site.slack, self.rendering, self.lessons, self.settlement, site.clock, self.metrics
        )
        self.in_flight = InFlight(self.delivery, self.places, Watch(self.places, self.metrics), self.news.set)
        self.credentials = Credentials(site.secrets, self.identities, self.metrics)

    def _wire_turns(self) -> None:
        site, clock = self.site, self.site.clock
        self.loader = GroupLoader(site.groups, site.schedule, Inhibiting(site.sources), clock, self.unreadable)
        self.rerouting = Rerouting(self.merging, self.transitions, clock)
        watch = Watch(self.places, self.metrics)
        self.reading = Reading(site.slack, self.credentials, site.limiter, watch, self.rates, self.metrics)
        self.doubts = Doubts(self.reading, site.groups, self.transitions, clock, TIMES)
        self.alertmanager = FakeAlertmanager()
        self.asking = Asking(self.alertmanager, site.secrets, site.groups, self.transitions, clock, self.metrics)
        beside = BesideTurns(self.doubts, self.asking)
        self.due = DueGroups(self.loader, self.rerouting, self.transitions, beside, clock, TIMES, self.metrics)
        self.absorbing = Absorbing(site.groups, site.schedule, self.transitions, clock, TIMES, self.metrics)
        self.gathering = Gathering(self.loader, self.rerouting, self.transitions, site.limiter, clock, TIMES)
        parts = self.loader, self.rerouting, self.absorbing, self.gathering, self.just_stored, TIMES
        self.heads = Heads(*parts, Around(site.surroundings, HISTORY))
        self.grants = Grants(site.limiter, self.places, self.lanes, self.rates, self.metrics, self.transitions.waits)
        self.dispatcher = Dispatcher(
            self.heads, self.credentials, self.grants, self.in_flight, self.transitions, clock
        )
        self.turn = TenantTurn(self.tenants, site.schedule, self.just_stored, self.due, self.dispatcher, clock)
        self.pulse, self.backlog = Pulse(self.metrics), Backlog(self.tenants, self.metrics)
        self.reconfiguration = Reconfiguration(
            self.tenants, self.due, site.schedule, site.marks, self.all_turns, clock
        )
        self.notifier = Notifier(self.turn, self.turns, self.lanes, clock, self.news, self.pulse)
        self.lost = LostTenants(self.tenants, self.metrics.problems)
        unfinished = Unfinished(self.tenants, self.reconfiguration, self.relay, self.lost)
        self.sweep = Sweep(
            Rounds(self.tenants, self.pools), site.leftovers, self.all_turns, unfinished, clock, self.backlog
        )

    def seconds(self) -> float:
        """The site's clock, as one that never steps; where that is Redis' own, the machine's."""
        clock: object = self.site.clock
        return clock.time / SECOND if isinstance(clock, FakeClock) else time.monotonic()

    def unwell(self, tenant: TenantId) -> HeldReason | None:
        """While Redis is nearly full, records of suspended tenants wait."""
        return HeldReason.SUSPENDED if self.memory.is_short(tenant) and self.tenants.is_suspended(tenant) else None

    def rules(self, tenant: TenantId = ACME) -> Tenant:
        """A tenant's rules as this worker has them."""
        rules = self.tenants.get(tenant)
        assert rules is not None
        return rules

    async def take(self, *records: Record) -> None:
        """Ingest a batch."""
        await self.ingest.handle(records)

    async def queue(self, *groups: str) -> None:
        """An alert fires in each of these groups, and they stand in their lanes."""
        names = groups or ("g",)
        now = self.site.clock.time
        await self.take(*(a_record(an_alert(starts=now), group=name, received=now) for name in names))
        await self.due.advance(self.rules(), [key_of(name).group_id for name in names])

    async def claim(self) -> Delivery:
        """A first message that is claimed, and that nobody makes."""
        taken = list[Delivery]()
        await self.queue()
        with patch.object(self.in_flight, "send", taken.append):
            await self.dispatcher.dispatch(self.rules(), [Lane(CHANNEL, Method.POST)])
        [delivery] = taken
        return delivery

    async def make(self, delivery: Delivery) -> None:
        """Make a call that was claimed, and settle it."""
        await self.delivery.settle(delivery, await self.delivery.call(delivery))

    async def show(self, *groups: str) -> None:
        """An alert fires in each of these groups, and their messages show it."""
        await self.queue(*groups)
        await self.settle_down()

    async def take_turn(self) -> None:
        """One turn of whoever's it is, or a wait."""
        await self.notifier._begin_turn_or_wait()
        await self.notifier.finish_turns()

    async def serve(self, tenant: TenantId = ACME) -> Instant:
        """One turn of a tenant and the calls that it began; when it has work next."""
        await self.turn.serve(self.rules(tenant))
        await self.in_flight.drain()
        await self.doubts.settled()
        await self.asking.settled()
        await self.charting.settled()
        await self.fallback.settled()
        await self.lanes.bring_back()
        [next_at] = await self.site.schedule.next_due([tenant])
        assert next_at is not None
        return next_at

    async def knock(self, tenant: TenantId = ACME) -> None:
        """Ask Slack whose the tenant's token is, and wait for the answer."""
        await self.credentials.find(self.rules(tenant))
        await self.identities.asked()

    async def settle_down(self, tenant: TenantId = ACME) -> None:
        """Take turns, each at its time, until nothing is due within a second."""
        for _ in range(50):
            next_at = await self.serve(tenant)
            if next_at == 0 or next_at > self.site.clock.time + SECOND:
                return
            self.site.clock.advance(max(0, next_at - self.site.clock.time))
        raise AssertionError("the tenant never comes to rest")


async def a_site(*tenants: TenantId) -> Site:
    """A site with these tenants."""
    site = Site()
    for tenant in tenants or (ACME,):
        await site.open(tenant)
    return site


async def a_worker(
    site: Site,
    limits: InFlightLimits = LIMITS,
    rates: WorkspaceRates = RATES,
    signing: Signing | None = None,
    unsigned: Unsigned = Unsigned.ACCEPT,
) -> Worker:
    """A worker that has loaded all configurations, and knows whose the tokens are and that Slack answers in time."""
    worker = Worker(site, limits, rates, signing, unsigned)
    await worker.tenants.load()
    for tenant in worker.tenants:
        await worker.tenants.find(tenant)
        await worker.knock(tenant)
        found = await worker.credentials.find(worker.rules(tenant))
        if isinstance(found, SlackCredential):
            worker.places.answered(found.workspace, 0, asyncio.get_running_loop().time())
    return worker
