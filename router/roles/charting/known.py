"""The charts that a worker knows, within bounds: the tenant that has most of them makes room."""

from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

from router.core.context.chart import Chart
from router.core.model.alert import TenantId
from router.core.model.key import GroupId

MAX_CHARTS_KNOWN: Final = 5_000
"""Alert groups whose charts a worker remembers."""


@dataclass(slots=True)
class Known:
    """The newest chart of a group, or that it has none: looked for at `at`, on a clock that never steps.

    It is of the expression, and of an episode that goes on while `is_open`. `shown` is the chart that this worker has
    rendered last; `is_shown` whether it has rendered the group's message at all, with a chart or without.
    """

    at: float
    is_open: bool
    expression: str = ""
    chart: Chart | None = None
    shown: Chart | None = None
    is_shown: bool = False

    @property
    def is_late(self) -> bool:
        """Whether its message went without the chart, or shows one of an episode that is over by now."""
        if self.chart is None or not self.is_shown:
            return False
        return self.shown is None or (not self.is_open and self.shown is not self.chart)


class KnownCharts:
    """By tenant and group, the most recently used last."""

    def __init__(self) -> None:
        self._tenants: dict[TenantId, OrderedDict[GroupId, Known]] = {}
        self._count = 0

    def find(self, tenant: TenantId, group: GroupId) -> Known | None:
        """What is known of a group."""
        charts = self._tenants.get(tenant)
        found = charts.get(group) if charts is not None else None
        if charts is not None and found is not None:
            charts.move_to_end(group)
        return found

    def add(self, tenant: TenantId, group: GroupId, known: Known) -> None:
        """Remember one."""
        charts = self._tenants.setdefault(tenant, OrderedDict())
        self._count += group not in charts
        charts[group] = known
        charts.move_to_end(group)
        if self._count > MAX_CHARTS_KNOWN:
            self._make_room()

    def _make_room(self) -> None:
        largest = max(self._tenants, key=lambda one: len(self._tenants[one]))
        self._tenants[largest].popitem(last=False)
        self._count -= 1
        if not self._tenants[largest]:
            del self._tenants[largest]
