"""Lanes that cannot send now, and when they are looked at again.

One that lacks a place, or Slack's word whose the tenant's token is, waits in this process and is looked at as soon as
that is there: nobody polls. In case this process dies, or another one has a place, it is due again after a while.
"""

import asyncio
from collections.abc import Callable, Sequence
from typing import Final

from router.core.model.alert import TenantId
from router.core.model.instant import SECOND, Instant, Span
from router.core.model.operation import Lane
from router.errors import UnavailableError
from router.ports.clock import Clock
from router.ports.schedule import Schedule, Turns
from router.roles.notify.depths import LaneDepths
from router.roles.notify.places import Pace, Places

ELSEWHERE: Final = Span(5 * SECOND)
"""After so long another worker may try a lane for which this one has no place."""
ELSEWHERE_SLOW: Final = Span(30 * SECOND)
"""The same where the workspace does not answer: it would hardly answer another worker."""
PROMISE_S: Final = 1.0
"""For so long, seconds, a place is kept for a lane that may go on; another worker may have taken it by then."""

_TenantLane = tuple[TenantId, Lane]


class Lanes:
    """The lanes that wait for this process; `wake` is called when some of them may go on."""

    def __init__(
        self, places: Places, schedule: Schedule, turns: Turns, clock: Clock, wake: Callable[[], None]
    ) -> None:
        self.places = places
        self._schedule = schedule
        self._turns = turns
        self._clock = clock
        self._wake = wake
        self._for_place: dict[str, dict[_TenantLane, None]] = {}
        self._for_token: dict[str, dict[_TenantLane, None]] = {}
        self._promised: dict[_TenantLane, tuple[str, float]] = {}
        self._ready: dict[_TenantLane, None] = {}
        self.depths = LaneDepths(schedule)

    async def look_again(self, tenant: TenantId, lane: Lane, wait: Span) -> None:
        """Look at a lane after so long."""
        await self._schedule.try_lane_at(tenant, lane, Instant(await self._clock.now() + wait))

    async def wait_for_place(self, tenant: TenantId, lane: Lane, workspace: str) -> None:
        """Look at a lane when there is a place for a call to its workspace."""
        self._for_place.setdefault(workspace, {})[tenant, lane] = None
        is_slow = self.places.pace(workspace, asyncio.get_running_loop().time()) is Pace.SLOW
        await self.look_again(tenant, lane, ELSEWHERE_SLOW if is_slow else ELSEWHERE)

    async def wait_for_token(self, tenant: TenantId, lane: Lane, digest: str) -> None:
        """Look at a lane when Slack has been asked whose the token of this digest is."""
        self._for_token.setdefault(digest, {})[tenant, lane] = None
        await self.look_again(tenant, lane, ELSEWHERE)

    def token_asked(self, digest: str) -> None:
        """Slack has been asked, whatever it answered."""
        self._ready |= self._for_token.pop(digest, {})
        self._wake()

    def looked_at(self, tenant: TenantId, lane: Lane) -> None:
        """A lane has had its turn: what was promised it is granted by now, or not needed."""
        self.depths.looked_at(tenant, lane, asyncio.get_running_loop().time())
        self._promised.pop((tenant, lane), None)

    async def bring_back(self) -> None:
        """Make those due that may go on.

        Raises:
            UnavailableError: they are still to be brought back.
        """
        self._promise(asyncio.get_running_loop().time())
        if not self._ready:
            return
        now = await self._clock.now()
        due = await self._made_due(tuple(self._ready), now)
        await self._turns.offer({tenant: now for tenant, _ in due})
        for one in due:
            del self._ready[one]

    async def _made_due(self, ready: Sequence[_TenantLane], now: Instant) -> list[_TenantLane]:
        """Those of these lanes that are due now; a tenant for whom Redis does not answer keeps nobody back."""
        due, failure = list[_TenantLane](), UnavailableError("Redis does not answer")
        for tenant, lane in ready:
            try:
                await self._schedule.try_lane_at(tenant, lane, now)
            except UnavailableError as error:
                failure = error
            else:
                due.append((tenant, lane))
        if not due:
            raise failure
        return due

    def _promise(self, now_s: float) -> None:
        """Who has waited longest for a place that is there now is ready; its workspace goes to the back."""
        if not self._for_place:
            return
        self._promised = {place: promise for place, promise in self._promised.items() if promise[1] > now_s}
        left = self.places.copy()
        for (tenant, _), (workspace, _) in self._promised.items():
            left.take(tenant, workspace)
        for workspace in list(self._for_place):
            self._promise_to(workspace, left, now_s)

    def _promise_to(self, workspace: str, left: Places, now_s: float) -> None:
        waiting, promised = self._for_place[workspace], list[_TenantLane]()
        for tenant, lane in waiting:
            if left.free(tenant, workspace, now_s):
                left.take(tenant, workspace)
                promised.append((tenant, lane))
        for one in promised:
            del waiting[one]
            self._promised[one] = (workspace, now_s + PROMISE_S)
            self._ready[one] = None
        if promised:
            del self._for_place[workspace]
            if waiting:
                self._for_place[workspace] = waiting
