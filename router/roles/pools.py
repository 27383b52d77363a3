"""The pools of tenants, by what their files name and what there is."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import structlog

from router.core.model.alert import TenantId
from router.core.model.rules.tenant import Tenant
from router.core.pool import SHARED, Pool, shown_pool
from router.observe.metrics import PoolMetrics
from router.ports.pools import Pools
from router.roles.known_rules import KnownRules
from router.roles.tenants import ActiveTenants


@dataclass(frozen=True, slots=True)
class NamedPools:
    """`named` is the pool that a tenant's file names, `known` are those that there are besides the shared one.

    Who names another one is served by the shared pool: its workers are there, whatever a file says.
    """

    named: Callable[[TenantId], Pool]
    known: frozenset[Pool]
    missed: set[tuple[TenantId, Pool]] = field(default_factory=set)
    """What was warned of."""
    log: structlog.stdlib.BoundLogger = field(
        default_factory=lambda: structlog.get_logger("router.pools"), compare=False, init=False
    )

    def of(self, tenant: TenantId) -> Pool:
        """The pool that serves the tenant."""
        pool = self.named(tenant)
        if not pool or pool in self.known:
            return pool
        if (tenant, pool) not in self.missed:
            self.missed.add((tenant, pool))
            self.log.warning("pool_unknown", tenant=tenant, pool=pool)
        return SHARED


@dataclass(frozen=True, slots=True)
class OwnTenants:
    """The tenants of this process' pool, of all that it knows."""

    tenants: ActiveTenants
    pools: Pools

    def __iter__(self) -> Iterator[TenantId]:
        """Those that are known."""
        return (one for one in self.tenants if self.pools.has(one))

    def __contains__(self, tenant: TenantId, /) -> bool:
        """Whether it is known, and of this pool."""
        return tenant in self.tenants and self.pools.has(tenant)

    def hides(self, tenant: TenantId) -> bool:
        """Whether anybody is on its list of people whose data was erased."""
        return self.tenants.hides(tenant)

    async def known(self, tenant: TenantId) -> Tenant | None:
        """Its rules, compiled now where they are not at hand."""
        return await self.tenants.known(tenant) if tenant in self else None

    def get(self, tenant: TenantId) -> Tenant | None:
        """Its rules, where they are at hand."""
        return self.tenants.get(tenant) if tenant in self else None

    def sealed(self) -> Iterator[TenantId]:
        """Those whose data is sealed."""
        return (one for one in self.tenants.sealed() if self.pools.has(one))

    async def is_lost(self, tenant: TenantId) -> bool:
        """Whether a tenant that is not there was not removed either."""
        return await self.tenants.is_lost(tenant)


@dataclass(frozen=True, slots=True)
class PoolSizes:
    """How many tenants each pool serves, `known` and the shared one: counted when metrics are read."""

    tenants: KnownRules
    known: frozenset[Pool]
    measured: PoolMetrics

    async def look(self) -> None:
        """Count them; a pool that is there and that nobody is in has none."""
        named = self.tenants.by_named_pool()
        own = {pool: named[pool] for pool in self.known}
        for pool, size in {**own, SHARED: named.total() - sum(own.values())}.items():
            self.measured.tenants.labels(pool=shown_pool(pool)).set(size)
