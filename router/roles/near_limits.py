"""Who is near a limit: measured for the tenants that metrics name, and logged once where it is crossed.

Looked at is what alerts use up by themselves: what is stored, and what senders post. What people change is refused
as they change it, and doubted by the linter before.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, Protocol

import structlog

from router.core.budget.uses import BEYOND, Quota, Use, is_near, is_well, stored_uses
from router.core.model.alert import TenantId
from router.core.model.instant import HOUR, Instant, Span
from router.core.model.rules.limits import Caps
from router.core.model.rules.tenant import Tenant
from router.observe.tenants import TenantMetrics
from router.ports.activity import Activity, Levels, Place, posted
from router.ports.clock import Clock
from router.ports.marks import Notices
from router.ports.memory import StoredMemory
from router.roles.polling import poll

LOOK_S: Final = 30.0
"""Seconds between two looks at all tenants."""
AT_ONCE: Final = 500
"""Tenants that are asked about in one round trip."""
NOTED_FOR: Final = Span(1 * HOUR)
"""For how long nobody else logs what one worker has; noted again with each look."""


_log = structlog.get_logger("router.limits")


class WithRules(Protocol):
    """The tenants that are looked at."""

    def __iter__(self) -> Iterator[TenantId]:
        """Those that are known."""

    def __contains__(self, tenant: TenantId, /) -> bool:
        """Whether it is known."""

    def get(self, tenant: TenantId) -> Tenant | None:
        """Its rules, where they are at hand."""


class NearLimits:
    """Looks at the tenants whose rules this worker has at hand."""

    def __init__(
        self,
        tenants: WithRules,
        stored: StoredMemory,
        activity: Activity,
        notices: Notices,
        clock: Clock,
        metrics: TenantMetrics,
    ) -> None:
        self._tenants = tenants
        self._stored = stored
        self._activity = activity
        self._notices = notices
        self._clock = clock
        self._metrics = metrics
        self._near: set[tuple[TenantId, Quota]] = set()

    async def run(self) -> None:
        """Look again and again until cancelled."""
        await poll(LOOK_S, self.look, "limits_unknown")

    async def look(self) -> None:
        """Look at all once.

        Raises:
            UnavailableError: Redis does not answer: what was measured stays.
        """
        tenants = [one for one in self._tenants if self._tenants.get(one)]
        parts = dict[TenantId, Mapping[Quota, float]]()
        for start in range(0, len(tenants), AT_ONCE):
            for tenant, uses in (await self._uses(tenants[start : start + AT_ONCE])).items():
                parts[tenant] = {one.quota: one.part for one in uses}
                for one in uses:
                    await self._judge(tenant, one)
        self._metrics.limits = parts
        self._near = {one for one in self._near if one[0] in self._tenants}

    async def _uses(self, tenants: Sequence[TenantId]) -> dict[TenantId, list[Use]]:
        sizes = await self._stored.sizes(tenants)
        levels = await self._activity.levels([Place(one) for one in tenants])
        now = await self._clock.now()
        found = zip(tenants, sizes, levels, strict=True)
        return {one: self._of(one, size, level, now) for one, size, level in found if size is not None}

    def _of(self, tenant: TenantId, size: Caps, level: Levels, now: Instant) -> list[Use]:
        rules = self._tenants.get(tenant)
        return [] if rules is None else [*stored_uses(rules.caps, size), *posted(rules.inbound, level, now)]

    async def _judge(self, tenant: TenantId, use: Use) -> None:
        place, subject = (tenant, use.quota), f"near:{use.quota}"
        if is_near(use) and place not in self._near:
            if await self._notices.first(tenant, subject, NOTED_FOR):
                self._warn(tenant, use)
            self._near.add(place)
        elif place in self._near and is_well(use):
            self._near.discard(place)
            await self._notices.forget(tenant, subject)
        elif place in self._near:
            await self._notices.note(tenant, subject, NOTED_FOR)

    @staticmethod
    def _warn(tenant: TenantId, use: Use) -> None:
        beyond = BEYOND[use.quota]
        _log.warning(
            "limit_near",
            tenant=tenant,
            quota=use.quota,
            used=use.used,
            limit=use.limit,
            beyond=beyond.happens,
            raised_by=beyond.raised_by,
        )
