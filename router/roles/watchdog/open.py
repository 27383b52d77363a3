"""Whether senders can reach us: noted while they can, so that a break of our own counts against no heartbeat."""

from collections.abc import Awaitable, Callable, Collection
from typing import Final

from router.core.model.alert import TenantId
from router.ports.clock import Clock
from router.ports.heartbeats import Observing, Taker
from router.roles.polling import poll

LOOK_S: Final = 2.0


class OpenWatch:
    """Of one process that takes what senders send; `watched` are the tenants that expect heartbeats."""

    def __init__(
        self,
        taker: Taker,
        reached: Callable[[], Awaitable[bool]],
        watched: Collection[TenantId],
        observing: Observing,
        clock: Clock,
    ) -> None:
        self._taker = taker
        self._reached = reached
        self._watched = watched
        self._observing = observing
        self._clock = clock

    async def watch(self) -> None:
        """Note it until cancelled."""
        await poll(LOOK_S, self.look, "openness_unknown")

    async def look(self) -> None:
        """Note it once, if anybody expects heartbeats and Kafka can be reached."""
        if self._watched and await self._reached():
            await self._observing.note_open(self._taker, await self._clock.now())
