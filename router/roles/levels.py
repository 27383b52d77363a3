"""How full the budgets of the tenants are that metrics name: asked when metrics are read, in one round trip."""

import time
from collections.abc import Callable
from typing import Final

from router.core.budget.buckets import WorkspaceRates
from router.core.budget.level import left, used
from router.core.model.instant import NEVER, SECOND, Instant
from router.core.model.rules.tenant import Tenant
from router.observe.tenants import Level, TenantMetrics
from router.ports.activity import Activity, Levels, Place
from router.ports.clock import Clock
from router.roles.tenants import ActiveTenants

FRESH_S: Final = 5.0
"""Seconds for which what was read is good enough for whoever reads metrics next."""


class TenantLevels:
    """Brings what metrics show of budgets up to date; `steady` counts seconds and never steps."""

    def __init__(
        self,
        activity: Activity,
        tenants: ActiveTenants,
        rates: WorkspaceRates,
        clock: Clock,
        metrics: TenantMetrics,
        steady: Callable[[], float] = time.monotonic,
    ) -> None:
        self._activity = activity
        self._tenants = tenants
        self._rates = rates
        self._clock = clock
        self._metrics = metrics
        self._steady = steady
        self._until = -FRESH_S

    async def look(self) -> None:
        """Read them, unless that was done a moment ago.

        Raises:
            UnavailableError: Redis does not answer: nothing is known of them now.
        """
        now_s = self._steady()
        if now_s < self._until:
            return
        self._metrics.levels = {}
        self._until = now_s + FRESH_S
        named = list(self._metrics.named)
        places = [Place(one, self._metrics.workspaces.get(one, "")) for one in named]
        found = await self._activity.levels(places)
        now = await self._clock.now()
        self._metrics.levels = {
            place.tenant: self._level(place, one, now) for place, one in zip(places, found, strict=True)
        }

    def _level(self, place: Place, found: Levels, now: Instant) -> Level:
        rules, heard = self._tenants.get(place.tenant), None if found.heard == NEVER else found.heard / SECOND
        if rules is None:
            return Level(heard)
        return Level(heard, self._left(rules, found, now) if place.workspace else {}, _used(rules, found, now))

    def _left(self, rules: Tenant, found: Levels, now: Instant) -> dict[str, int]:
        return {
            "notifications": left(rules.notifications, found.notifications, now),
            "posts": left(self._rates.posts, found.posts, now),
            "edits": left(self._rates.edits, found.edits, now),
        }


def _used(rules: Tenant, found: Levels, now: Instant) -> float:
    inbound = rules.inbound
    buckets = (inbound.requests, found.requests), (inbound.kibibytes, found.kibibytes), (inbound.alerts, found.alerts)
    return max(used(rate, arrival, now) for rate, arrival in buckets)
