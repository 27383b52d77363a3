"""Open what dead letters are looked at and redriven with, for one command."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from router.adapters.kafka.letters import LetterTopic
from router.adapters.kafka.producer import KafkaProducer
from router.adapters.redis.books import RedisBooks
from router.adapters.redis.redriven import RedisRedriven
from router.adapters.redis.tenants import TenantRepository
from router.app.connections import signatures
from router.app.options import consumer_options, kafka_connection
from router.app.toolbox import open_redis
from router.control.letters.dead_letters import DeadLetterControl, Engines
from router.control.letters.redrive import Inbound
from router.errors import UnavailableError
from router.ports.kafka import Headers
from router.settings import Settings

_CONNECT_S: Final = 10.0


@asynccontextmanager
async def open_dead_letters(settings: Settings) -> AsyncIterator[DeadLetterControl]:
    """Dead letters."""
    kafka, connection = settings.kafka, kafka_connection(settings)
    producer = KafkaProducer(
        connection,
        max_body=settings.gateway.max_body,
        idempotent=kafka.idempotent_producer,
        timeout_s=settings.gateway.kafka_timeout_s,
    )
    async with open_redis(settings) as redis:
        engines = Engines(
            log=LetterTopic(connection, kafka.dead_letter_topic, consumer_options(settings).max_unpacked),
            records=_ConnectedWhenUsed(producer),
            redriven=RedisRedriven(redis),
            tenants=TenantRepository(redis, signatures(settings)),
            counters=RedisBooks(redis),
            clock=redis,
        )
        try:
            yield DeadLetterControl(engines, Inbound(kafka.inbound_topic, kafka.bound_topics))
        finally:
            await producer.close()


class _ConnectedWhenUsed:
    """A producer for those who may not append anything."""

    def __init__(self, producer: KafkaProducer) -> None:
        self._producer = producer
        self._is_started = False

    async def append(self, topic: str, value: bytes | None, key: bytes | None, headers: Headers) -> None:
        """As the producer does, once it is connected."""
        if not self._is_started:
            self._is_started = True
            await self._connect()
        await self._producer.append(topic, value, key, headers)

    async def reached(self) -> bool:
        """Whether Kafka answers now."""
        return await self._producer.reached()

    async def _connect(self) -> None:
        await self._producer.start()
        try:
            async with asyncio.timeout(_CONNECT_S):
                await self._producer.connected()
        except TimeoutError:
            raise UnavailableError("Kafka: it takes no records from here") from None
