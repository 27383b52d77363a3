"""Open what moves tenants between pools: Redis, the record where there is one, and Kafka, which is looked at."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from router.adapters.kafka.drained import KafkaPlaces
from router.adapters.redis.tenants import TenantRepository
from router.app.connections import signatures
from router.app.options import kafka_connection
from router.app.pools import names_in
from router.app.toolbox import open_redis, open_tenants
from router.config.stored import pool_of
from router.control.moving import Moving
from router.core.model.alert import TenantId
from router.core.pool import SHARED, Pool
from router.ports.moving import Place
from router.roles.polling import pause
from router.settings import KafkaSettings, Settings


@dataclass(frozen=True, slots=True)
class _Projected:
    """Files as they are in Redis, where gateways and workers read them."""

    tenants: TenantRepository

    async def pool(self, tenant: TenantId) -> Pool:
        """The pool that the tenant's active file names."""
        active = await self.tenants.active(tenant)
        return SHARED if active is None else pool_of(active.text)


@asynccontextmanager
async def open_moving(settings: Settings, past: str = "") -> AsyncIterator[Moving]:
    """What moves tenants; `past` is why somebody writes past the record.

    Raises:
        ConfigurationError: no Kafka is configured.
    """
    places = KafkaPlaces(kafka_connection(settings))
    async with open_tenants(settings, past) as tenants, open_redis(settings) as redis:
        in_force = _Projected(TenantRepository(redis, signatures(settings)))
        yield Moving(tenants, places, in_force, lambda pool: _place(settings.kafka, pool), pause)


def _place(kafka: KafkaSettings, pool: Pool) -> Place:
    names = names_in(kafka, pool)
    return Place(names.inbound, names.group)
