"""A worker: ingest and notifier, with everything between Kafka and Slack."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from router.adapters.kafka.consumer import RecordConsumer
from router.adapters.kafka.held import HeldTopic
from router.adapters.redis.books import RedisConfigurationMarks
from router.adapters.redis.connection import Connection
from router.adapters.redis.groups import GroupStore
from router.adapters.redis.leftovers import RedisLeftovers
from router.adapters.redis.limiter import SlackLimiter
from router.adapters.redis.memory import RedisMemory
from router.adapters.redis.notices import RedisNotices
from router.adapters.redis.outbox import RedisOutbox
from router.adapters.redis.schedule import RedisSchedule
from router.adapters.redis.sources import RedisSources
from router.adapters.redis.subjects import SubjectRepository
from router.adapters.redis.surroundings import RedisSurroundings
from router.adapters.redis.turns import RedisTurns
from router.adapters.redis.workspaces import WorkspaceRepository
from router.adapters.slack.client import SlackClient
from router.adapters.slack.search import SlackSearch
from router.app.beside import BesideParts, build_beside
from router.app.charting import ChartingParts, build_charting
from router.app.compose import Base
from router.app.connections import signatures, tenant_secrets
from router.app.heartbeats import HeartbeatParts, build_heartbeats
from router.app.ingest import IngestParts, build_ingest
from router.app.localizations import load_localizations
from router.app.losses import LossWatch, build_loss_watch, build_rewind
from router.app.operators import OperatorParts, build_operators
from router.app.options import (
    call_times,
    fallback_options,
    history_of,
    in_flight_limits,
    workspace_rates,
)
from router.app.reading import build_consumer
from router.app.slack import slack_client
from router.core.decide.policy import CallTimes
from router.observe.metrics import TemplateFailures
from router.roles.hiding import Hiding
from router.roles.ingest.held import HeldRecords
from router.roles.ingest.merge import Merging
from router.roles.ingest.rewind import Rewind
from router.roles.ingest.storage import Storage
from router.roles.inhibiting import Inhibiting
from router.roles.just_stored import JustStored
from router.roles.memory import MemoryWatch
from router.roles.notify.absorbing import Absorbing
from router.roles.notify.around import Around
from router.roles.notify.backlog import Backlog
from router.roles.notify.credentials import Credentials
from router.roles.notify.delivery import DeliveryWorker
from router.roles.notify.dispatch import Dispatcher
from router.roles.notify.due import DueGroups
from router.roles.notify.fallback import Fallback
from router.roles.notify.gathering import Gathering
from router.roles.notify.grant import Grants
from router.roles.notify.heads import Heads
from router.roles.notify.identities import Identities, IdentityOptions
from router.roles.notify.in_flight import Deliveries, InFlight
from router.roles.notify.lanes import Lanes
from router.roles.notify.lessons import Lessons
from router.roles.notify.loading import GroupLoader
from router.roles.notify.loop import Notifier, Sweep
from router.roles.notify.own_turns import OwnTurns
from router.roles.notify.places import Places
from router.roles.notify.pulse import Pulse
from router.roles.notify.reading import Reading
from router.roles.notify.reconfigure import Reconfiguration
from router.roles.notify.relay import Relay
from router.roles.notify.rendering import Rendering
from router.roles.notify.reroute import Rerouting
from router.roles.notify.rounds import Rounds
from router.roles.notify.settlement import Settlement
from router.roles.notify.standstill import Standstill
from router.roles.notify.trials import BlockTrials
from router.roles.notify.turn import TenantTurn
from router.roles.notify.unfinished import Unfinished
from router.roles.notify.unreadable import Unreadable
from router.roles.notify.watch import Watch
from router.roles.pools import OwnTenants
from router.roles.recovery.lost import LostTenants
from router.roles.transitions import Transitions


@dataclass(frozen=True, slots=True)
class Worker:
    """The parts of a worker that are started and stopped; `news` wakes the notifier."""

    consumer: RecordConsumer
    held: HeldRecords
    held_topic: HeldTopic
    notifier: Notifier
    sweep: Sweep
    reconfiguration: Reconfiguration
    hiding: Hiding
    in_flight: InFlight
    beside: BesideParts
    lessons: Lessons
    relay: Relay
    credentials: Credentials
    slack: SlackClient
    news: asyncio.Event
    memory: MemoryWatch
    rewind: Rewind
    losses: LossWatch
    lost: LostTenants
    heartbeats: HeartbeatParts
    standstill: Standstill
    operators: OperatorParts


@dataclass(frozen=True, slots=True)
class _State:
    """What both halves of a worker share: the stored groups, and all that changes them."""

    groups: GroupStore
    schedule: RedisSchedule
    turns: OwnTurns
    all_turns: RedisTurns
    just_stored: JustStored
    relay: Relay
    transitions: Transitions
    merging: Merging
    loader: GroupLoader
    rerouting: Rerouting
    clock: Connection
    memory: MemoryWatch


def build_worker(base: Base) -> Worker:
    """Ingest and notifier with everything between Kafka and Slack."""
    settings, slack, news, state = base.settings, slack_client(base.settings), asyncio.Event(), _build_state(base)
    places, times = Places(in_flight_limits(settings)), call_times(settings)
    limiter, lanes = SlackLimiter(base.redis, base.metrics.holds.began), _build_lanes(base, state, places, news.set)
    credentials, watch = _build_credentials(base, slack, lanes), Watch(places, base.metrics)
    lessons, still = _build_lessons(base, slack, limiter, credentials), _build_standstill(base, places)
    charting = build_charting(base, state.groups, state.transitions, times)
    in_flight = InFlight(_build_delivery(base, state, slack, lessons, charting), places, watch, news.set)
    reading = Reading(SlackSearch(slack), credentials, limiter, watch, workspace_rates(settings), base.metrics)
    beside, due = _build_due(base, state, reading, charting, times)
    heads, grants = _build_heads(base, state, limiter, times), _build_grants(base, state, limiter, lanes)
    dispatcher = Dispatcher(heads, credentials, grants, in_flight, state.transitions, state.clock)
    turn = TenantTurn(base.tenants, state.schedule, state.just_stored, due, dispatcher, state.clock)
    reconfiguration = _build_reconfiguration(base, state, due)
    ingest, lost = _build_ingest(base, state, news), LostTenants(base.tenants, base.metrics.problems)
    consumer = build_consumer(base, ingest.inbound, state.groups, state.transitions, beside.comparing)
    return Worker(
        consumer=consumer,
        held=ingest.held,
        held_topic=ingest.held_topic,
        notifier=Notifier(turn, state.turns, lanes, state.clock, news, still.pulse),
        sweep=_build_sweep(base, state, Unfinished(base.tenants, reconfiguration, state.relay, lost), still.backlog),
        reconfiguration=reconfiguration,
        hiding=_build_hiding(base, state),
        in_flight=in_flight,
        beside=beside,
        lessons=lessons,
        relay=state.relay,
        credentials=credentials,
        slack=slack,
        news=news,
        memory=state.memory,
        rewind=build_rewind(base, state.groups, state.transitions, consumer),
        losses=build_loss_watch(base, state.groups, state.transitions, state.merging),
        lost=lost,
        heartbeats=build_heartbeats(base, consumer, ingest.sick.held),
        standstill=still,
        operators=build_operators(base, slack),
    )


def _build_grants(base: Base, state: _State, limiter: SlackLimiter, lanes: Lanes) -> Grants:
    rates = workspace_rates(base.settings)
    return Grants(limiter, lanes.places, lanes, rates, base.metrics, state.transitions.waits)


def _build_lanes(base: Base, state: _State, places: Places, wake: Callable[[], None]) -> Lanes:
    lanes = Lanes(places, state.schedule, state.turns, state.clock, wake)
    base.metrics.looks.append(partial(lanes.depths.measure, base.metrics.lanes))
    return lanes


def _build_standstill(base: Base, places: Places) -> Standstill:
    return Standstill(Pulse(base.metrics), Backlog(base.tenants, base.metrics), places)


def _build_ingest(base: Base, state: _State, news: asyncio.Event) -> IngestParts:
    return build_ingest(base, state.groups, state.transitions, state.merging, state.memory, news.set)


def _build_heads(base: Base, state: _State, limiter: SlackLimiter, times: CallTimes) -> Heads:
    absorbing = Absorbing(state.groups, state.schedule, state.transitions, state.clock, times, base.metrics)
    gathering = Gathering(state.loader, state.rerouting, state.transitions, limiter, state.clock, times)
    around = Around(RedisSurroundings(base.redis, base.keyring), history_of(base.settings))
    return Heads(state.loader, state.rerouting, absorbing, gathering, state.just_stored, times, around)


def _build_due(
    base: Base, state: _State, reading: Reading, charting: ChartingParts, times: CallTimes
) -> tuple[BesideParts, DueGroups]:
    beside = build_beside(base, state.groups, state.transitions, reading, charting, times)
    parts = state.loader, state.rerouting, state.transitions, beside.turns, state.clock, times, base.metrics
    return beside, DueGroups(*parts)


def _build_reconfiguration(base: Base, state: _State, due: DueGroups) -> Reconfiguration:
    marks = RedisConfigurationMarks(base.redis)
    return Reconfiguration(base.tenants, due, state.schedule, marks, state.all_turns, state.clock)


def _build_hiding(base: Base, state: _State) -> Hiding:
    own, lists = OwnTenants(base.tenants, base.pools), SubjectRepository(base.redis, signatures(base.settings))
    return Hiding(own, lists, state.groups, state.transitions, state.clock)


def _build_sweep(base: Base, state: _State, unfinished: Unfinished, backlog: Backlog) -> Sweep:
    rounds, leftovers = Rounds(base.tenants, base.pools), RedisLeftovers(base.redis)
    return Sweep(rounds, leftovers, state.all_turns, unfinished, state.clock, backlog)


def _build_state(base: Base) -> _State:
    clock = base.redis
    groups, schedule, all_turns = (
        GroupStore(base.redis, base.keyring),
        RedisSchedule(base.redis),
        RedisTurns(base.redis, base.pools),
    )
    unreadable, just_stored = Unreadable(), JustStored()
    turns = OwnTurns(all_turns, clock, unreadable, pools=base.pools)
    relay = Relay(RedisOutbox(base.redis), base.producer, base.settings.kafka.events_topic, base.metrics)
    history, contexts = history_of(base.settings), base.tracing.contexts(base.redis)
    transitions = Transitions(groups, turns, just_stored, relay.look_at, base.metrics, history, traces=contexts)
    stored = RedisMemory(base.redis)
    memory = MemoryWatch(stored, base.tenants, base.metrics)
    merging = Merging(base.tenants, groups, transitions, clock, base.metrics, Storage(stored, memory))
    return _State(
        groups=groups,
        schedule=schedule,
        turns=turns,
        all_turns=all_turns,
        just_stored=just_stored,
        relay=relay,
        transitions=transitions,
        merging=merging,
        loader=GroupLoader(groups, schedule, Inhibiting(RedisSources(base.redis, base.keyring)), clock, unreadable),
        rerouting=Rerouting(merging, transitions, clock),
        clock=clock,
        memory=memory,
    )


def _build_credentials(base: Base, slack: SlackClient, lanes: Lanes) -> Credentials:
    options = IdentityOptions(base.settings.worker.park_retry_s, lanes.token_asked)
    identities = Identities(WorkspaceRepository(base.redis), slack, base.metrics, options)
    return Credentials(tenant_secrets(base.settings, base.redis, base.environment), identities, base.metrics)


def _build_lessons(base: Base, slack: SlackClient, limiter: SlackLimiter, credentials: Credentials) -> Lessons:
    settings, notices = base.settings, RedisNotices(base.redis)
    localizations = load_localizations(settings, TemplateFailures(base.metrics))
    fallback = Fallback(slack, limiter, localizations, notices, base.tenants, fallback_options(settings))
    trials = BlockTrials(WorkspaceRepository(base.redis), base.redis)
    return Lessons(limiter, credentials.identities, fallback, trials, call_times(settings).channel_retry)


def _build_delivery(
    base: Base, state: _State, slack: SlackClient, lessons: Lessons, charting: ChartingParts
) -> Deliveries:
    localizations = load_localizations(base.settings, TemplateFailures(base.metrics))
    worker = DeliveryWorker(
        slack=base.tracing.of_slack(slack),
        rendering=Rendering(localizations, base.metrics, charting.charting),
        lessons=lessons,
        settlement=Settlement(state.groups, state.transitions, state.clock, base.metrics),
        clock=state.clock,
        metrics=base.metrics,
    )
    return base.tracing.of_deliveries(worker, base.redis)
