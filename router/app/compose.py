"""Concrete adapters joined to the roles, by the settings."""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from prometheus_client import CollectorRegistry

from router.adapters.crypto.sealing import load_sealer
from router.adapters.kafka.connecting import ConsumerOptions, KafkaConnection
from router.adapters.kafka.consumer import RecordConsumer
from router.adapters.kafka.producer import KafkaProducer
from router.adapters.locale.catalogue import Catalogue
from router.adapters.redis.books import RedisBooks, RedisConfigurationMarks
from router.adapters.redis.connection import Connection
from router.adapters.redis.groups import GroupStore
from router.adapters.redis.limiter import SlackLimiter
from router.adapters.redis.outbox import RedisOutbox
from router.adapters.redis.schedule import RedisSchedule
from router.adapters.redis.secrets import SecretRepository
from router.adapters.redis.tenants import TenantRepository
from router.adapters.redis.tokens import TokenRepository
from router.adapters.redis.turns import RedisTurns
from router.adapters.redis.workspaces import WorkspaceRepository
from router.adapters.secrets import EnvironmentSecrets, SecretStore, TenantSecrets
from router.adapters.slack.client import SLACK_URL, SlackClient
from router.core.budget.buckets import WorkspaceRates
from router.core.decide.policy import CallTimes
from router.core.model.instant import MINUTE, SECOND, Instant, Span, from_datetime
from router.core.model.tenant import Rate
from router.core.template.compile import Report, unreported
from router.errors import ConfigurationError
from router.observe.metrics import Metrics, TemplateFailures
from router.roles.gateway.accept import Admission, Gateway
from router.roles.gateway.append import InboundLog
from router.roles.gateway.authenticate import Authentication, SenderTokens
from router.roles.gateway.quota import Quota
from router.roles.ingest.dead_letters import DeadLetters
from router.roles.ingest.ingest import Ingest
from router.roles.ingest.merge import Merging
from router.roles.ingest.read import RecordReader
from router.roles.notify.credentials import Credentials
from router.roles.notify.delivery import DeliveryWorker
from router.roles.notify.dispatch import Dispatcher
from router.roles.notify.due import DueGroups
from router.roles.notify.grant import Grants, Lanes
from router.roles.notify.heads import Heads
from router.roles.notify.in_flight import InFlight, InFlightLimits
from router.roles.notify.loading import GroupLoader
from router.roles.notify.loop import Notifier, Sweep
from router.roles.notify.reconfigure import Reconfiguration
from router.roles.notify.relay import Relay
from router.roles.notify.rendering import Rendering
from router.roles.notify.reroute import Rerouting
from router.roles.notify.settlement import Settlement
from router.roles.notify.turn import TenantTurn
from router.roles.tenants import ActiveTenants
from router.roles.transitions import Transitions
from router.settings import Settings, process_environment

_LEASE_SHARE: Final = 0.8


@dataclass(frozen=True, slots=True)
class Base:
    """What every role stands on."""

    settings: Settings
    kafka: KafkaConnection
    redis: Connection
    producer: KafkaProducer
    tenants: ActiveTenants
    metrics: Metrics
    environment: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Worker:
    """The parts of a worker that are started and stopped; `news` wakes the notifier."""

    consumer: RecordConsumer
    notifier: Notifier
    sweep: Sweep
    reconfiguration: Reconfiguration
    in_flight: InFlight
    relay: Relay
    credentials: Credentials
    slack: SlackClient
    news: asyncio.Event


def build_base(settings: Settings, environment: Mapping[str, str] | None = None) -> Base:
    """The connections; nothing is opened yet.

    Raises:
        ConfigurationError: an engine is not configured.
    """
    kafka, redis = kafka_connection(settings), redis_connection(settings)
    producer = KafkaProducer(
        kafka,
        max_body=settings.gateway.max_body,
        idempotent=settings.kafka.idempotent_producer,
        timeout_s=settings.gateway.kafka_timeout_s,
    )
    tenants, metrics = ActiveTenants(TenantRepository(redis)), Metrics(CollectorRegistry())
    metrics.suspended.set_function(lambda: tenants.suspended)
    return Base(
        settings=settings,
        kafka=kafka,
        redis=redis,
        producer=producer,
        tenants=tenants,
        metrics=metrics,
        environment=process_environment() if environment is None else environment,
    )


def kafka_connection(settings: Settings) -> KafkaConnection:
    """How to reach Kafka."""
    kafka = settings.kafka
    if not kafka.bootstrap_servers:
        raise ConfigurationError(
            "ALERT_ROUTER_KAFKA__BOOTSTRAP_SERVERS is not set: name a broker, or try `alert-router up`"
        )
    password = kafka.sasl_password
    return KafkaConnection(
        bootstrap_servers=kafka.bootstrap_servers,
        security_protocol=kafka.security_protocol,
        sasl_mechanism=kafka.sasl_mechanism,
        sasl_username=kafka.sasl_username,
        sasl_password=password.get_secret_value() if password else None,
        ssl_cafile=kafka.ssl_cafile,
    )


def redis_connection(settings: Settings) -> Connection:
    """A connection to Redis."""
    if settings.redis.url is None:
        raise ConfigurationError("ALERT_ROUTER_REDIS__URL is not set: name a server, or try `alert-router up`")
    try:
        return Connection(settings.redis.url.get_secret_value())
    except ValueError as error:
        raise ConfigurationError(f"ALERT_ROUTER_REDIS__URL: {error}") from None


def secret_store(settings: Settings, redis: Connection) -> SecretStore:
    """The store of tenants' secrets, with the keys of the settings."""
    key = settings.secrets.key
    sealer = load_sealer(key.get_secret_value() if key else None, settings.secrets.key_file)
    return SecretStore(SecretRepository(redis), sealer)


def build_gateway(base: Base) -> Gateway:
    """The HTTP side."""
    gateway = base.settings.gateway
    return Gateway(
        authentication=Authentication(SenderTokens(TokenRepository(base.redis))),
        admission=Admission(base.tenants, Quota(steady_clock), gateway.max_body),
        inbound=InboundLog(base.producer, base.settings.kafka.inbound_topic),
        wall_clock=wall_clock,
        metrics=base.metrics,
    )


@dataclass(frozen=True, slots=True)
class _State:
    """What both halves of a worker share: the stored groups, and all that changes them."""

    groups: GroupStore
    schedule: RedisSchedule
    turns: RedisTurns
    transitions: Transitions
    merging: Merging
    clock: Connection


def build_worker(base: Base) -> Worker:
    """Ingest and notifier with everything between Kafka and Slack."""
    settings, news = base.settings, asyncio.Event()
    state = _build_state(base)
    slack = SlackClient(settings.slack.base_url or SLACK_URL, slack_timeout_s(settings))
    credentials = _build_credentials(base, slack, news)
    limiter = SlackLimiter(base.redis)
    in_flight = InFlight(_build_delivery(base, state, slack, limiter).deliver, in_flight_limits(settings), news.set)
    relay = Relay(RedisOutbox(base.redis), base.producer, settings.kafka.events_topic)
    loader = GroupLoader(state.groups, state.schedule, state.clock)
    rerouting = Rerouting(state.merging, state.transitions, state.clock)
    times = call_times(settings)
    due = DueGroups(loader, rerouting, state.transitions, state.clock, times)
    heads = Heads(loader, state.schedule, rerouting, times)
    grants = Grants(limiter, in_flight, Lanes(state.schedule, state.clock), workspace_rates(settings), base.metrics)
    dispatcher = Dispatcher(heads, credentials, grants, in_flight, state.transitions, state.clock)
    turn = TenantTurn(base.tenants, state.schedule, due, dispatcher, state.clock, relay.look_at)
    marks = RedisConfigurationMarks(base.redis)
    reconfiguration = Reconfiguration(base.tenants, due, state.schedule, marks, state.turns, state.clock)
    return Worker(
        consumer=RecordConsumer(base.kafka, consumer_options(settings), _build_ingest(base, state, news).handle),
        notifier=Notifier(base.tenants, turn, state.turns, state.clock, news),
        sweep=Sweep(base.tenants, state.schedule, state.turns, reconfiguration, relay),
        reconfiguration=reconfiguration,
        in_flight=in_flight,
        relay=relay,
        credentials=credentials,
        slack=slack,
        news=news,
    )


def _build_state(base: Base) -> _State:
    clock = base.redis
    groups, turns = GroupStore(base.redis), RedisTurns(base.redis)
    transitions = Transitions(groups, turns)
    return _State(
        groups=groups,
        schedule=RedisSchedule(base.redis),
        turns=turns,
        transitions=transitions,
        merging=Merging(base.tenants, groups, transitions, clock, base.metrics),
        clock=clock,
    )


def _build_ingest(base: Base, state: _State, news: asyncio.Event) -> Ingest:
    kafka = base.settings.kafka
    dead_letters = DeadLetters(base.producer, RedisBooks(base.redis), kafka.dead_letter_topic, base.metrics)
    reader = RecordReader(base.tenants, dead_letters, base.metrics, kafka.bound_topics)
    return Ingest(reader, base.tenants, state.merging, dead_letters, state.clock, news.set)


def _build_credentials(base: Base, slack: SlackClient, news: asyncio.Event) -> Credentials:
    return Credentials(
        secrets=TenantSecrets(EnvironmentSecrets(base.environment), secret_store(base.settings, base.redis)),
        workspaces=WorkspaceRepository(base.redis),
        slack=slack,
        metrics=base.metrics,
        retry_s=base.settings.worker.park_retry_s,
        wake=news.set,
    )


def _build_delivery(base: Base, state: _State, slack: SlackClient, limiter: SlackLimiter) -> DeliveryWorker:
    localizations = load_localizations(base.settings, TemplateFailures(base.metrics))
    return DeliveryWorker(
        slack=slack,
        rendering=Rendering(localizations, base.metrics),
        limiter=limiter,
        settlement=Settlement(state.groups, state.transitions, state.clock, base.metrics),
        clock=state.clock,
        metrics=base.metrics,
    )


def load_localizations(settings: Settings, report: Report = unreported) -> Catalogue:
    """Templates and translations, from the folders of the settings.

    Raises:
        ConfigurationError: each finding names its file.
    """
    return Catalogue.load(settings.templates_dir, settings.locales_dir, report)


def consumer_options(settings: Settings) -> ConsumerOptions:
    """How the inbound topics are consumed."""
    kafka = settings.kafka
    return ConsumerOptions(
        topics=(kafka.inbound_topic, *kafka.bound_topics),
        group_id=kafka.group_id,
        max_records=kafka.max_records,
        batch_timeout_ms=kafka.batch_timeout_ms,
        fetch_max_wait_ms=kafka.fetch_max_wait_ms,
        session_timeout_ms=kafka.session_timeout_ms,
        drain_s=settings.worker.drain_s,
    )


def workspace_rates(settings: Settings) -> WorkspaceRates:
    """How fast one workspace is called."""
    slack = settings.slack
    return WorkspaceRates(
        channel=Rate(_span(slack.channel_interval_s), burst=1),
        posts=Rate(Span(MINUTE // slack.workspace_posts_per_min), burst=slack.workspace_posts_burst),
        edits=Rate(Span(MINUTE // slack.workspace_edits_per_min), burst=slack.workspace_edits_burst),
    )


def call_times(settings: Settings) -> CallTimes:
    """How long calls may take, and how long to wait after those that failed."""
    return CallTimes(
        lease=_span(settings.worker.lease_s),
        ambiguous_wait=_span(settings.slack.ambiguous_wait_s),
        park_retry=_span(settings.worker.park_retry_s),
    )


def in_flight_limits(settings: Settings) -> InFlightLimits:
    """How many calls at once."""
    worker = settings.worker
    return InFlightLimits(
        total=worker.in_flight,
        per_tenant=worker.in_flight_per_tenant,
        per_workspace=worker.in_flight_per_workspace,
        drain_s=worker.drain_s,
    )


def wall_clock() -> Instant:
    """This machine's time in UTC: for `received_at`, which only orders observations."""
    return from_datetime(datetime.now(UTC))  # noqa: TID251 - the edge


def steady_clock() -> Instant:
    """A clock that never steps, for the gateway's quota; its zero means nothing."""
    return Instant(time.monotonic_ns() // 1000)


def slack_timeout_s(settings: Settings) -> float:
    """A call must end before its lease does, or somebody else would make it again meanwhile."""
    return min(settings.slack.timeout_s, settings.worker.lease_s * _LEASE_SHARE)


def _span(seconds: float) -> Span:
    return Span(round(seconds * SECOND))
