"""What waits, by what sweeps find: changes that are to be shown, groups set aside, and tenants nobody gives a turn.

Every worker sees the work of all tenants, not only what it does itself; so of many workers any one tells it all.
"""

from collections.abc import Mapping
from typing import Final

import structlog

from router.core.model.alert import TenantId
from router.core.model.instant import MINUTE, NEVER, SECOND, Instant
from router.observe.metrics import Metrics
from router.observe.problems import TenantProblem
from router.observe.tenants import Waiting
from router.ports.schedule import Leftover
from router.roles.tenants import ActiveTenants

STARVED_AFTER: Final = MINUTE
"""A tenant whose work has been due for so long gets no turns."""


class Backlog:
    """The work that is left, tenant by tenant; those with none are not kept."""

    def __init__(self, tenants: ActiveTenants, metrics: Metrics) -> None:
        self._tenants = tenants
        self._problems = metrics.problems
        self._left: dict[TenantId, Waiting] = {}
        self._starved: set[TenantId] = set()
        self._log = structlog.get_logger("router.backlog")
        metrics.tenants.waiting = lambda: self._left
        metrics.backlog.pending.set_function(lambda: sum(one.pending for one in self._left.values()))
        metrics.backlog.parked.set_function(lambda: sum(one.parked for one in self._left.values()))
        metrics.digests.absorbing.set_function(lambda: sum(one.absorbing for one in self._left.values()))
        metrics.backlog.oldest_due.set_function(
            lambda: max((one.oldest_due_s for one in self._left.values()), default=0)
        )

    def take_note(self, found: Mapping[TenantId, Leftover], now: Instant) -> None:
        """What a sweep has found of these tenants just now."""
        for tenant, one in found.items():
            if one.next_due == NEVER or tenant not in self._tenants:
                self._left.pop(tenant, None)
                self._is_served(tenant)
                continue
            late = 0 if self._is_stopped(tenant) else max(0, now - one.next_due)
            self._left[tenant] = Waiting(one.pending, one.parked, late / SECOND, one.absorbing)
            if late >= STARVED_AFTER:
                self._is_starved(tenant, late)
            else:
                self._is_served(tenant)

    @property
    def all_starve(self) -> bool:
        """Whether there is work, and nobody who has any gets a turn."""
        working = {tenant for tenant in self._left if not self._is_stopped(tenant)}
        return bool(self._starved) and self._starved >= working

    def _is_stopped(self, tenant: TenantId) -> bool:
        """Whether nothing of it is sent: what waits is measured, and is not due."""
        return self._tenants.is_suspended(tenant) or self._tenants.hold.is_on

    def _is_starved(self, tenant: TenantId, late: int) -> None:
        self._problems.begin(tenant, TenantProblem.STARVED)
        if tenant not in self._starved:
            self._starved.add(tenant)
            self._log.warning("tenant_starved", tenant=tenant, due_since_s=late // SECOND)

    def _is_served(self, tenant: TenantId) -> None:
        if tenant in self._starved:
            self._starved.discard(tenant)
            self._problems.end(tenant, TenantProblem.STARVED)
            self._log.info("tenant_served_again", tenant=tenant)
