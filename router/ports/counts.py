"""What tenants count of their alerts, kept beside their groups; `GroupStates.apply` adds to it."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from router.core.model.alert import TenantId
from router.core.model.rules.metric import MetricId, SeriesLabels, Sums


class TenantCounts(Protocol):
    """The sums of all tenants."""

    async def read(self, tenant: TenantId, metrics: Sequence[MetricId]) -> list[Mapping[SeriesLabels, Sums]]:
        """The series of each metric; none of one of which nothing was counted."""
