"""Kafka's topics read from the outside, for whoever asks what went before."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from router.adapters.kafka.connecting import KafkaConnection
from router.adapters.kafka.past import KafkaPast
from router.adapters.kafka.unpack import UNPACKED_MAX
from router.adapters.redis.groups import GroupStore
from router.adapters.redis.outbox import RedisOutbox
from router.adapters.redis.tenants import TenantRepository
from router.app.connections import signatures
from router.app.options import kafka_connection
from router.app.pools import inbound_topics
from router.app.toolbox import open_redis
from router.control.slo import SloControl
from router.control.tenants import TenantControl
from router.settings import Settings


def kafka_past(settings: Settings, connection: KafkaConnection) -> KafkaPast:
    """What is read again of the topics that came in and of the events."""
    kafka, most = settings.kafka, max(UNPACKED_MAX, 4 * settings.gateway.max_body)
    return KafkaPast(connection, kafka.events_topic, (*inbound_topics(kafka), *kafka.bound_topics), most)


@asynccontextmanager
async def open_slo(settings: Settings) -> AsyncIterator[SloControl]:
    """Reports of what was promised."""
    past = kafka_past(settings, kafka_connection(settings))
    async with open_redis(settings) as redis:
        tenants = TenantControl(TenantRepository(redis, signatures(settings)), GroupStore(redis))
        yield SloControl(tenants, past, RedisOutbox(redis), redis)
