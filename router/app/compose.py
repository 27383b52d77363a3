"""Concrete adapters joined to the roles, by the settings."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from prometheus_client import CollectorRegistry

from router.adapters.kafka.connecting import KafkaConnection
from router.adapters.kafka.producer import KafkaProducer
from router.adapters.redis.connection import Connection
from router.adapters.redis.memory import RedisMemory
from router.adapters.redis.quota import RedisQuota
from router.adapters.redis.signatures import Signatures
from router.adapters.redis.tenants import TenantRepository
from router.adapters.redis.tokens import TokenRepository
from router.app.calm import frozen_if_large
from router.app.ceilings import ceilings
from router.app.clocks import steady_clock, wall_clock
from router.app.connections import redis_connection, signatures
from router.app.options import body_bounds, body_limits, kafka_connection
from router.app.pools import names_in, pool_here, pool_of, topics_by_tenant
from router.app.sealing import build_keyring, sealed_log
from router.app.sharding import sharded_log
from router.app.tracing import Tracing, build_tracing
from router.config.compile.tenant import load_sender_limits, load_tenant
from router.core.budget.ceilings import Ceilings
from router.core.model.rules.limits import SenderLimits
from router.core.model.rules.tenant import Tenant
from router.observe.metrics import Metrics
from router.ports.kafka import RecordLog, TopicOf
from router.ports.pools import Pools
from router.roles.gateway.accept import Admission, Gateway
from router.roles.gateway.append import InboundLog
from router.roles.gateway.authenticate import Authentication, SenderTokens
from router.roles.gateway.body import Bodies
from router.roles.gateway.clock import GatewayClock, OwnClocks
from router.roles.gateway.elsewhere import ONE_CELL, OtherCells
from router.roles.gateway.quota import SharedQuota
from router.roles.keyring import Keyring
from router.roles.memory import MemoryWatch
from router.roles.rules import KnownTenants
from router.roles.sharded import KnownSizes
from router.roles.signed import SignedLog
from router.roles.tenants import ActiveRules, ActiveTenants
from router.settings import Settings, process_environment


@dataclass(frozen=True, slots=True)
class Base:
    """What every role stands on."""

    settings: Settings
    kafka: KafkaConnection
    redis: Connection
    producer: KafkaProducer
    tenants: ActiveTenants
    metrics: Metrics
    signatures: Signatures
    tracing: Tracing
    keyring: Keyring
    records: RecordLog
    """Where records are appended, sealed where their tenant's are."""
    pools: Pools
    environment: Mapping[str, str] = field(repr=False)


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
        topics=(names_in(settings.kafka, pool_here(settings)).inbound,),
    )
    metrics, signed = Metrics(CollectorRegistry()), signatures(settings)
    tenants = ActiveTenants(TenantRepository(redis, signed), metrics.problems, _load_tenant(ceilings(settings)))
    keyring = build_keyring(settings, redis, tenants.is_sealed, metrics)
    tenants.when_gone(keyring.forget)
    return Base(
        settings=settings,
        kafka=kafka,
        redis=redis,
        producer=producer,
        tenants=tenants,
        metrics=metrics,
        signatures=signed,
        tracing=build_tracing(settings),
        keyring=keyring,
        records=sealed_log(settings, sharded_log(settings.kafka, producer, KnownSizes(tenants).of), keyring),
        pools=Pools(pool_here(settings), pool_of(settings.kafka, tenants)),
        environment=process_environment() if environment is None else environment,
    )


def _load_tenant(most: Ceilings) -> Callable[[str, int], Tenant]:
    load = frozen_if_large(load_tenant)
    return lambda text, version: most.of_tenant(load(text, version))


def sender_limits(base: Base) -> ActiveRules[SenderLimits]:
    """What a gateway process knows of tenants: who they are and what they may send."""
    most = ceilings(base.settings)

    def load(text: str, version: int) -> SenderLimits:
        return most.of_sender(load_sender_limits(text, version))

    return ActiveRules(TenantRepository(base.redis, base.signatures), load, base.metrics.problems)


def inbound_log(base: Base, records: RecordLog | None = None) -> RecordLog:
    """Where those append who know whose a body is: signed, where there is a key; `records` of who is not a worker."""
    signing, records = base.signatures.ring, records or base.records
    return records if signing is None else SignedLog(records, signing)


def gateway_keyring(base: Base, tenants: ActiveRules[Any]) -> Keyring:
    """Keys by the rules that a gateway knows; beside a worker in one process they are that one's."""
    if tenants is base.tenants:
        return base.keyring
    keyring = build_keyring(base.settings, base.redis, tenants.is_sealed, base.metrics, None)
    tenants.when_gone(keyring.forget)
    return keyring


def build_gateway(base: Base, tenants: KnownTenants, keyring: Keyring, elsewhere: OtherCells = ONE_CELL) -> Gateway:
    """The HTTP side; `elsewhere` are tenants of other cells."""
    sharded = sharded_log(base.settings.kafka, base.producer, KnownSizes(tenants).of)
    records = sealed_log(base.settings, sharded, keyring)
    return Gateway(
        authentication=Authentication(SenderTokens(TokenRepository(base.redis, base.signatures))),
        admission=Admission(
            tenants,
            SharedQuota(RedisQuota(base.redis), steady_clock),
            Bodies(body_limits(base.settings)),
            MemoryWatch(RedisMemory(base.redis), tenants, base.metrics),
            body_bounds(base.settings),
            elsewhere,
        ),
        inbound=InboundLog(inbound_log(base, records), _topic_of(base, tenants)),
        clock=GatewayClock(base.redis, OwnClocks(wall_clock, steady_clock), base.metrics),
        metrics=base.metrics,
        tracing=base.tracing.of_requests(),
    )


def _topic_of(base: Base, tenants: KnownTenants) -> TopicOf:
    """By the rules that a gateway knows."""
    kafka = base.settings.kafka
    return topics_by_tenant(kafka, pool_of(kafka, tenants))
