"""Open what dead letters are looked at and redriven with, for one command."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Final

from router.adapters.kafka.letters import LetterTopic
from router.adapters.kafka.producer import KafkaProducer
from router.adapters.redis.books import RedisBooks
from router.adapters.redis.connection import Connection
from router.adapters.redis.redriven import RedisRedriven
from router.adapters.redis.tenants import TenantRepository
from router.app.connected import ConnectedWhenUsed
from router.app.connections import signatures, signing_ring
from router.app.options import consumer_options, kafka_connection
from router.app.pools import inbound_topics
from router.app.sealing import reading_vault, sealed_log
from router.app.sharding import StoredSizes, sharded_log
from router.app.stores import noting
from router.app.toolbox import open_redis
from router.control.letters.dead_letters import Appended, DeadLetterControl, Engines
from router.control.letters.noted import NotedLetters
from router.control.letters.redrive import Inbound
from router.core.model.alert import TenantId
from router.errors import ConfigurationError
from router.ports.kafka import OBSERVED_AT, RECEIVED_AT, Headers, RecordLog
from router.roles.sealed import OpenedLetters
from router.roles.signed import SignedLog
from router.settings import Settings


@dataclass(frozen=True, slots=True)
class Way:
    """How letters are appended again: by which log, and with what else belongs to it."""

    sealing: Callable[[RecordLog], RecordLog] = lambda records: records
    appended: Appended | None = None


_PLAIN: Final = Way()


@asynccontextmanager
async def open_dead_letters(settings: Settings) -> AsyncIterator[DeadLetterControl]:
    """Dead letters; what is redriven keeps the signature that it had, and is noted where there is a record."""
    async with _opened(settings, _PLAIN) as letters:
        yield letters


@asynccontextmanager
async def open_vouched_letters(settings: Settings) -> AsyncIterator[DeadLetterControl]:
    """Dead letters that the operator vouches for: what is redriven is signed, for the time at which it was observed.

    Raises:
        ConfigurationError: there is no key.
    """
    signing = signing_ring(settings)
    if signing is None:
        raise ConfigurationError("--sign wants the key of the workers: set ALERT_ROUTER_SIGNING__KEY")
    way = Way(sealing=lambda records: Vouched(SignedLog(records, signing)))
    async with _opened(settings, way) as letters:
        yield letters


@asynccontextmanager
async def _opened(settings: Settings, way: Way) -> AsyncIterator[DeadLetterControl]:
    kafka_connection(settings)  # that it is not configured is said first
    async with open_redis(settings) as redis, noting(settings) as log:
        noted = way if log is None else replace(way, appended=NotedLetters(log.note, log.attempts).append)
        async with letters_by(settings, redis, noted) as letters:
            yield letters


@asynccontextmanager
async def letters_by(settings: Settings, redis: Connection, way: Way = _PLAIN) -> AsyncIterator[DeadLetterControl]:
    """Dead letters, for one command or one request; nothing is asked yet.

    Raises:
        ConfigurationError: no Kafka is configured.
    """
    kafka, connection = settings.kafka, kafka_connection(settings)
    producer = KafkaProducer(
        connection,
        max_body=settings.gateway.max_body,
        idempotent=kafka.idempotent_producer,
        timeout_s=settings.gateway.kafka_timeout_s,
    )
    sealed = set[TenantId]()
    vault = reading_vault(settings, redis, sealed.__contains__)
    tenants = TenantRepository(redis, signatures(settings))
    sharded = sharded_log(kafka, ConnectedWhenUsed(producer), StoredSizes(tenants).of)
    letters = LetterTopic(connection, kafka.dead_letter_topic, consumer_options(settings).max_unpacked)
    engines = Engines(
        log=OpenedLetters(letters, vault, kafka.bound_topics, sealed),
        records=way.sealing(sealed_log(settings, sharded, vault)),
        redriven=RedisRedriven(redis),
        tenants=tenants,
        counters=RedisBooks(redis),
        clock=redis,
    )
    try:
        yield DeadLetterControl(engines, Inbound(inbound_topics(kafka), kafka.bound_topics), way.appended)
    finally:
        await producer.close()


@dataclass(frozen=True, slots=True)
class Vouched:
    """Signs for the time at which a record was observed: whatever else it states nobody has vouched for."""

    records: SignedLog

    async def append(self, topic: str, value: bytes | None, key: bytes | None, headers: Headers) -> None:
        """As the other does."""
        own = [one for one in headers if one[0] != RECEIVED_AT]
        observed = [(RECEIVED_AT, time) for name, time in headers if name == OBSERVED_AT]
        await self.records.append(topic, value, key, [*own, *observed])

    async def reached(self) -> bool:
        """Whether Kafka answers now."""
        return await self.records.reached()
