"""How far this worker has read its partitions: looked at every two seconds, from what the consumer knows anyway."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from typing import Final

from router.core.model.alert import TenantId
from router.core.model.instant import SECOND, Instant, Span
from router.observe.metrics import Metrics
from router.ports.clock import Clock
from router.ports.heartbeats import Observing
from router.ports.kafka import Progress
from router.roles.polling import poll

LOOK_S: Final = 2.0
MARGIN: Final = Span(SECOND)
"""So much earlier than what was fetched is called read: clocks differ."""
FRESH: Final = Span(5 * SECOND)
"""Whose partitions were fetched so lately can reach Kafka."""


class ProgressWatch:
    """Follows the consumer; `watched` are the tenants for whose heartbeats others must know how far it has read.

    `held` are those of which this worker has held records lately, and when last.
    """

    def __init__(
        self,
        progress: Callable[[], Awaitable[Sequence[Progress]]],
        watched: Collection[TenantId],
        held: Callable[[Instant], Mapping[TenantId, Instant]],
        observing: Observing,
        clock: Clock,
        metrics: Metrics,
    ) -> None:
        self._progress = progress
        self._watched = watched
        self._held = held
        self._observing = observing
        self._clock = clock
        self._lag = metrics.backlog.lag
        self._known: Sequence[Progress] = ()

    async def watch(self) -> None:
        """Look until cancelled."""
        await poll(LOOK_S, self.look, "progress_unknown")

    async def look(self) -> None:
        """Look once; a partition of which nothing is known counts for nothing.

        What is read and held is noted first: nobody is to take it for all that was sent.
        """
        self._known = await self._progress()
        self._lag.set(sum(one.lag or 0 for one in self._known))
        now = await self._clock.now()
        held = {tenant: at for tenant, at in self._held(now).items() if tenant in self._watched}
        if self._watched:
            await self._observing.note_held(held, now)
            ages = {one.partition: one.read_age for one in self._known if one.read_age is not None}
            await self._observing.note_read({name: Instant(now - age - MARGIN) for name, age in ages.items()})

    def partitions(self) -> list[str]:
        """All partitions of the inbound topics, also those of others."""
        return [one.partition for one in self._known]

    async def fetching(self) -> bool:
        """Whether Kafka hands records over, if there are any."""
        return any(one.read_age is not None and one.read_age <= FRESH for one in self._known)
