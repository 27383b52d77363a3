"""Who is in a pool, by the tenants' files that are in force."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from router.adapters.redis.tenants import TenantRepository
from router.adapters.redis.worker_rights import worker_user
from router.app.connections import signatures
from router.app.pools import pools_of
from router.app.toolbox import open_redis
from router.config.stored import pool_of
from router.core.model.alert import TenantId
from router.core.pool import SHARED, Pool, shown_pool
from router.errors import ConfigurationError
from router.settings import Settings


@dataclass(frozen=True, slots=True)
class PoolTenants:
    """The tenants that are stored; `known` are the pools that there are."""

    stored: TenantRepository
    known: frozenset[Pool]

    async def of(self, pool: Pool) -> list[TenantId]:
        """The tenants that the workers of this pool serve, by name.

        Raises:
            ConfigurationError: there is no such pool.
            UnavailableError: Redis does not answer.
        """
        if pool not in self.known:
            named = ", ".join(sorted(map(shown_pool, self.known)))
            raise ConfigurationError(f"there is no pool {pool}, by ALERT_ROUTER_KAFKA__POOLS; there are {named}")
        found = list[TenantId]()
        async for some in self.stored.active_of(await self.stored.listed()):
            found += [tenant for tenant, one in some.items() if one is not None and self._serves(one.text) == pool]
        return sorted(found)

    def _serves(self, text: str) -> Pool:
        named = pool_of(text)
        return named if named in self.known else SHARED


@asynccontextmanager
async def open_pool_tenants(settings: Settings) -> AsyncIterator[PoolTenants]:
    """What Redis holds."""
    async with open_redis(settings) as redis:
        yield PoolTenants(TenantRepository(redis, signatures(settings)), frozenset(pools_of(settings.kafka)))


def redis_user_of(login: str, password: str, pool: Pool, tenants: Sequence[TenantId] | None) -> str:
    """The line of Redis' file of users for the login of a pool's workers; None is all tenants."""
    return worker_user(login, password, pool, tenants)
