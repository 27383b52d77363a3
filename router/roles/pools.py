"""The pools of tenants, by what their files name and what there is."""

from collections.abc import Callable
from dataclasses import dataclass, field

import structlog

from router.core.model.alert import TenantId
from router.core.pool import SHARED, Pool


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
