"""Whether this process takes turns at all, and whose turns fail."""

import time
from collections.abc import Callable
from typing import Final

from router.core.model.alert import TenantId
from router.observe.metrics import Metrics
from router.observe.problems import TenantProblem

STILL_S: Final = 30.0
"""Without a look at whose turn it is for so long, seconds, the process stands still."""


class Pulse:
    """What an operator asks about turns; `clock` counts seconds and never steps."""

    def __init__(self, metrics: Metrics, clock: Callable[[], float] = time.monotonic) -> None:
        self._metrics = metrics
        self._clock = clock
        self._beat = clock()

    def beats(self) -> None:
        """Whose turn it is was looked at just now."""
        self._beat = self._clock()

    @property
    def stands_still(self) -> bool:
        """Whether that is long ago."""
        return self._clock() - self._beat > STILL_S

    def waits(self) -> None:
        """Redis did not answer."""
        self._metrics.store_errors.labels(role="notifier").inc()

    def failed(self, tenant: TenantId, why: str) -> None:
        """A tenant's turn ended early."""
        self._metrics.problems.begin(tenant, TenantProblem.TURNS_FAIL, why=why)

    def went_well(self, tenant: TenantId) -> None:
        """A tenant's turn was served."""
        self._metrics.problems.end(tenant, TenantProblem.TURNS_FAIL)
