"""Concrete adapters joined to the roles, by the settings."""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from prometheus_client import CollectorRegistry

from router.adapters.crypto.sealing import load_sealer
from router.adapters.kafka.connecting import KafkaConnection
from router.adapters.kafka.consumer import ConsumerOptions, KafkaIngest
from router.adapters.kafka.producer import KafkaProducer
from router.adapters.locale.catalogue import Catalogue
from router.adapters.redis.connection import Connection
from router.adapters.redis.limiter import SlackLimiter
from router.adapters.redis.notifications import NotificationStore
from router.adapters.redis.outbox import RedisOutbox
from router.adapters.redis.secrets import SecretRepository
from router.adapters.redis.tenants import TenantRepository
from router.adapters.redis.tokens import TokenRepository
from router.adapters.redis.turns import RedisTurns
from router.adapters.redis.workspaces import WorkspaceRepository
from router.adapters.secrets import EnvironmentSecrets, SecretStore, TenantSecrets
from router.adapters.slack.client import SLACK_URL, SlackClient
from router.core.model.instant import MINUTE, SECOND, Instant, Span, from_datetime
from router.core.model.tenant import Rate
from router.errors import ConfigurationError
from router.observe.telemetry import Metrics, TemplateFailures
from router.roles.gateway.accept import Gateway
from router.roles.gateway.authenticate import Quota, Senders
from router.roles.ingest.dead_letters import DeadLetters
from router.roles.ingest.ingest import Ingest
from router.roles.ingest.merge import Folding
from router.roles.notify.credentials import Access
from router.roles.notify.delivery import Courier
from router.roles.notify.dispatch import Teller
from router.roles.notify.due import Mover
from router.roles.notify.in_flight import Calls
from router.roles.notify.loop import Notifier
from router.roles.notify.relay import Relay
from router.roles.notify.reroute import Rerouting
from router.roles.policies import Platform
from router.roles.tenants import Registry
from router.settings import Settings, process_environment

_LEASE_SHARE: Final = 0.8


@dataclass(frozen=True, slots=True)
class Base:
    """What every role stands on."""

    settings: Settings
    kafka: KafkaConnection
    redis: Connection
    producer: KafkaProducer
    registry: Registry
    metrics: Metrics
    environment: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Worker:
    """The parts of a worker that are started and stopped."""

    ingest: KafkaIngest
    notifier: Notifier
    calls: Calls
    relay: Relay
    access: Access
    slack: SlackClient


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
    registry, metrics = Registry(TenantRepository(redis)), Metrics(CollectorRegistry())
    metrics.suspended.set_function(lambda: registry.suspended)
    return Base(
        settings=settings,
        kafka=kafka,
        redis=redis,
        producer=producer,
        registry=registry,
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
    return Gateway(
        senders=Senders(TokenRepository(base.redis)),
        registry=base.registry,
        quota=Quota(steady_clock),
        log=base.producer,
        topic=base.settings.kafka.inbound_topic,
        max_body=base.settings.gateway.max_body,
        wall_clock=wall_clock,
        metrics=base.metrics,
    )


def build_worker(base: Base) -> Worker:
    """Ingest and notifier with everything between Kafka and Slack."""
    settings, redis = base.settings, base.redis
    news = asyncio.Event()
    store, turns, platform = NotificationStore(redis), RedisTurns(redis), platform_limits(settings)
    limiter = SlackLimiter(redis)
    slack = SlackClient(settings.slack.base_url or SLACK_URL, slack_timeout_s(settings))
    secrets = TenantSecrets(EnvironmentSecrets(base.environment), secret_store(settings, redis))
    access = Access(secrets, WorkspaceRepository(redis), slack, base.metrics, settings.worker.park_retry_s, news.set)
    words = Catalogue.load(settings.templates_dir, settings.locales_dir, TemplateFailures(base.metrics))
    courier = Courier(slack, store, limiter, turns, words, redis, platform, base.metrics)
    folding = Folding(base.registry, store, turns, redis, base.metrics)
    rerouting = Rerouting(folding, store, redis)
    calls = Calls(courier, platform, news.set)
    teller = Teller(store, limiter, access, calls, rerouting, redis, platform, base.metrics)
    relay = Relay(RedisOutbox(redis), base.producer, settings.kafka.events_topic)
    mover = Mover(store, redis, rerouting, platform)
    notifier = Notifier(base.registry, store, turns, redis, mover, teller, relay, news)
    dead_letters = DeadLetters(base.producer, settings.kafka.dead_letter_topic, base.metrics)
    ingest = Ingest(
        base.registry, folding, store, redis, dead_letters, base.metrics, settings.kafka.bound_topics, news.set
    )
    return Worker(
        KafkaIngest(base.kafka, consumer_options(settings), ingest.handle), notifier, calls, relay, access, slack
    )


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


def platform_limits(settings: Settings) -> Platform:
    """The operator's limits as the roles use them."""
    slack, worker = settings.slack, settings.worker
    return Platform(
        channel=Rate(_span(slack.channel_interval_s), burst=1),
        workspace_posts=Rate(Span(MINUTE // slack.workspace_posts_per_min), burst=slack.workspace_posts_burst),
        workspace_edits=Rate(Span(MINUTE // slack.workspace_edits_per_min), burst=slack.workspace_edits_burst),
        lease=_span(worker.lease_s),
        ambiguous_wait=_span(slack.ambiguous_wait_s),
        park_retry=_span(worker.park_retry_s),
        in_flight=worker.in_flight,
        in_flight_per_tenant=worker.in_flight_per_tenant,
        in_flight_per_workspace=worker.in_flight_per_workspace,
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
