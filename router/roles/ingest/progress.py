"""How far this worker has read its partitions: looked at every two seconds, from what the consumer knows anyway."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from router.observe.metrics import Metrics
from router.ports.kafka import Progress
from router.roles.polling import poll

LOOK_S: Final = 2.0


class ProgressWatch:
    """Follows the consumer."""

    def __init__(self, progress: Callable[[], Awaitable[Sequence[Progress]]], metrics: Metrics) -> None:
        self._progress = progress
        self._lag = metrics.backlog.lag

    async def watch(self) -> None:
        """Look until cancelled."""
        await poll(LOOK_S, self.look, "progress_unknown")

    async def look(self) -> None:
        """Look once; a partition of which nothing is known counts for nothing."""
        found = await self._progress()
        self._lag.set(sum(one.lag or 0 for one in found))
