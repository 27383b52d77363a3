"""How many alerts a tenant may send: by the limiter's own algorithm, for this process alone."""

from collections.abc import Callable

from router.core.budget import gcra
from router.core.model.alert import TenantId
from router.core.model.instant import NEVER, SECOND, Instant
from router.core.model.tenant import Rate


class Quota:
    """Alerts per tenant; `clock` never steps, its zero means nothing."""

    def __init__(self, clock: Callable[[], Instant]) -> None:
        self._clock = clock
        self._arrivals: dict[TenantId, Instant] = {}

    def take(self, tenant: TenantId, rate: Rate, alerts: int) -> int:
        """0, or in how many seconds to come back with as many alerts."""
        verdict = gcra.take([rate], [self._arrivals.get(tenant, NEVER)], self._clock(), alerts)
        if isinstance(verdict, gcra.Wait):
            return -(-verdict.retry_after // SECOND)
        [self._arrivals[tenant]] = verdict.arrivals
        return 0
