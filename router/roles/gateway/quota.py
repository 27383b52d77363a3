"""How much a tenant may send: counted over all gateways; for this process alone while Redis does not answer."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Final

import structlog

from router.core.budget import gcra
from router.core.budget.quota import Charge, Over, Resource
from router.core.model.alert import TenantId
from router.core.model.instant import NEVER, SECOND, Instant
from router.errors import UnavailableError
from router.observe.incident import Incident
from router.ports.budget import Quota

PATIENCE_S: Final = 1.0
"""Seconds that Redis has to count a request; then this process counts alone, so that senders do not wait for it."""
AWAY: Final = 5 * SECOND
"""For so long Redis is not asked again after it did not answer."""


class LocalQuota:
    """The same algorithm for this process alone; `clock` never steps, its zero means nothing."""

    def __init__(self, clock: Callable[[], Instant]) -> None:
        self._clock = clock
        self._arrivals: dict[tuple[TenantId, Resource], Instant] = {}

    async def take(self, tenant: TenantId, charges: Sequence[Charge]) -> Over | None:
        """Take all of it, or nothing; None when it was taken."""
        places = [(tenant, one.resource) for one in charges]
        known = [self._arrivals.get(place, NEVER) for place in places]
        costs = [one.cost for one in charges]
        verdict = gcra.take([one.rate for one in charges], known, self._clock(), costs)
        if isinstance(verdict, gcra.Wait):
            return Over(charges[verdict.bucket].resource, verdict.retry_after)
        self._arrivals |= dict(zip(places, verdict.arrivals, strict=True))
        return None


class SharedQuota:
    """Redis' count, and this process' own while Redis does not answer: a sender is never refused for that."""

    def __init__(self, shared: Quota, clock: Callable[[], Instant]) -> None:
        self._shared = shared
        self._local = LocalQuota(clock)
        self._clock = clock
        self._hangs_until = NEVER
        self._away_until: dict[TenantId, Instant] = {}
        self._failures = Incident()
        self._log = structlog.get_logger("router.gateway")

    async def take(self, tenant: TenantId, charges: Sequence[Charge]) -> Over | None:
        """Take all of it, or nothing; None when it was taken."""
        if self._clock() >= max(self._hangs_until, self._away_until.get(tenant, NEVER)):
            try:
                async with asyncio.timeout(PATIENCE_S):
                    over = await self._shared.take(tenant, charges)
            except (UnavailableError, TimeoutError) as error:
                self._note_away(tenant, error)
            else:
                self._note_answer(tenant)
                return over
        return await self._local.take(tenant, charges)

    def _note_away(self, tenant: TenantId, error: Exception) -> None:
        """What does not answer in time may hold up all; what fails at once may be this tenant's part alone."""
        until = Instant(self._clock() + AWAY)
        if isinstance(error, TimeoutError):
            self._hangs_until = until
        self._away_until[tenant] = until
        if self._failures.happens(type(error).__name__):
            self._log.warning(
                "quota_counted_alone", tenant=tenant, error=str(error) or "hangs", times=self._failures.times
            )

    def _note_answer(self, tenant: TenantId) -> None:
        self._away_until.pop(tenant, None)
        if not self._away_until:
            self._failures.ends()
