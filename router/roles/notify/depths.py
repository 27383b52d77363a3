"""How many alert groups wait in the lanes that this worker looks at: asked when metrics are read."""

import asyncio
from typing import Final

from router.core.model.alert import TenantId
from router.core.model.operation import Lane
from router.observe.metrics import LaneMetrics
from router.observe.table.notify import LANE_METHODS
from router.ports.schedule import Schedule

RECENT_S: Final = 60.0
"""For so long, seconds, a lane is asked about after this worker has looked at it."""
_MOST: Final = 1_000
"""Lanes that are asked about, those that were looked at last."""


class LaneDepths:
    """The lanes of the last minute; times are seconds of a clock that never steps."""

    def __init__(self, schedule: Schedule) -> None:
        self._schedule = schedule
        self._looked_at: dict[tuple[TenantId, Lane], float] = {}

    def looked_at(self, tenant: TenantId, lane: Lane, now_s: float) -> None:
        """A lane has had its turn."""
        self._looked_at.pop((tenant, lane), None)
        self._looked_at[tenant, lane] = now_s
        if len(self._looked_at) > _MOST:
            del self._looked_at[next(iter(self._looked_at))]

    async def measure(self, metrics: LaneMetrics) -> None:
        """Count what waits in them now.

        Raises:
            UnavailableError: Redis does not answer; what was measured last stays.
        """
        since_s = asyncio.get_running_loop().time() - RECENT_S
        self._looked_at = {lane: at_s for lane, at_s in self._looked_at.items() if at_s >= since_s}
        lanes = list(self._looked_at)
        depths = await self._schedule.depths(lanes) if lanes else []
        for method in LANE_METHODS:
            waiting = [
                depth for (_, lane), depth in zip(lanes, depths, strict=True) if lane.method is method and depth
            ]
            metrics.waiting.labels(method).set(len(waiting))
            metrics.longest.labels(method).set(max(waiting, default=0))
