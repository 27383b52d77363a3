"""For how long the lanes of this process have waited for budgets, without a break: for the log alone."""

from typing import Final

from router.core.model.alert import TenantId
from router.core.model.instant import SECOND, Span
from router.core.model.operation import Lane

_BREAK_S: Final = 1.0
"""A lane that is asked for so late after its budget was there has not waited for that alone."""
_MOST: Final = 10_000
"""Lanes that are remembered; beyond, those are forgotten that have waited longest."""

_TenantLane = tuple[TenantId, Lane]


class BudgetWaits:
    """Hears of each refusal; times are seconds of a clock that never steps."""

    def __init__(self) -> None:
        self._waiting: dict[_TenantLane, tuple[float, float]] = {}

    def refused(self, tenant: TenantId, lane: Lane, wait: Span, now_s: float) -> None:
        """There is no budget for the head of the lane before so long."""
        since, until = self._waiting.pop((tenant, lane), (now_s, now_s))
        begun = since if now_s <= until + _BREAK_S else now_s
        self._waiting[tenant, lane] = begun, now_s + wait / SECOND
        if len(self._waiting) > _MOST:
            del self._waiting[next(iter(self._waiting))]

    def before(self, tenant: TenantId, lane: Lane, now_s: float) -> Span:
        """For how long the lane has waited, when a budget is granted."""
        since, until = self._waiting.get((tenant, lane), (now_s, now_s))
        if now_s > until + _BREAK_S:
            del self._waiting[tenant, lane]
        return Span(round((min(now_s, until) - since) * SECOND))
