"""The round of this process: what its own work leaves to do at once has its turn here, without a round trip.

Turns are a hint that the sweep repairs, so what a dead process had in hand is found by another one. What is due
later, and what is too much for one process, goes into the round of all; where it was put a moment ago for an
earlier time that has not come, whoever takes it then offers what comes after.

A turn of a tenant of another pool is handed on to that one, whoever took it: nobody's turn is dropped.
"""

from collections.abc import Mapping
from typing import Final

from router.core.model.alert import TenantId
from router.core.model.instant import MILLISECOND, NEVER, SECOND, Instant, Span, earliest
from router.ports.clock import Clock
from router.ports.pools import ONE_POOL, Pools
from router.ports.schedule import Turns
from router.roles.notify.unreadable import Unreadable

MOST: Final = 64
"""Tenants that wait for their turn in this process; more are left to whoever has time."""
REMEMBERED: Final = 1_000
"""Tenants of whom is remembered for when they were last put into the round of all."""
LOOK: Final = Span(50 * MILLISECOND)
"""A round of all that was found empty is looked at again after so long, or when the next turn in it comes."""
OFFERED: Final = Span(SECOND)
"""For so long an offer counts as there: whoever takes a turn before its time may put another time in its place."""
IN_A_ROW: Final = 8
"""Turns of this process' own after which the round of all is looked at."""
HANDED_ON: Final = Span(200 * MILLISECOND)
"""So much later it is the turn of a tenant that was handed on: the pool it goes to may not have its new file yet."""


class OwnTurns:
    """Turns of this process, and behind them those of all."""

    def __init__(
        self, turns: Turns, clock: Clock, unreadable: Unreadable, look: Span = LOOK, pools: Pools = ONE_POOL
    ) -> None:
        self._turns = turns
        self._pools = pools
        self._clock = clock
        self._unreadable = unreadable
        self._look = look
        self._ready: dict[TenantId, None] = {}
        self._in_a_row = 0
        self._empty_until = Instant(0)
        self._offered: dict[TenantId, tuple[Instant, Instant]] = {}

    async def take(self, now: Instant) -> tuple[TenantId | None, Instant]:
        """The tenant whose turn it is; else None and when the next turn comes (NEVER: nobody has work)."""
        while True:
            tenant, next_at = await self._take(now)
            if tenant is None or self._pools.has(tenant):
                return tenant, next_at
            await self._turns.offer({tenant: Instant(now + HANDED_ON)})

    async def _take(self, now: Instant) -> tuple[TenantId | None, Instant]:
        if self._ready and self._in_a_row < IN_A_ROW:
            self._in_a_row += 1
            return self._first(), NEVER
        self._in_a_row = 0
        if now < self._empty_until <= now + self._look:
            return (self._first(), NEVER) if self._ready else (None, self._empty_until)
        tenant, next_at = await self._turns.take(now)
        if tenant is not None:
            self._offered.pop(tenant, None)
        else:
            self._empty_until = earliest(self._behind(next_at, now), Instant(now + self._look))
        return (self._first(), NEVER) if tenant is None and self._ready else (tenant, next_at)

    async def offer(self, turns: Mapping[TenantId, Instant]) -> None:
        """Tenants have work at these times."""
        now, later = await self._clock.now(), dict[TenantId, Instant]()
        for tenant, at in turns.items():
            if at != NEVER and at <= now and self._has_room(tenant):
                self._ready[tenant] = None
            elif at != NEVER and not self._is_offered(tenant, at, now):
                later[tenant] = at
        if later:
            await self._turns.offer(later)
            self._empty_until = min(self._empty_until, self._behind(min(later.values()), now))
            self._remember(later, now)

    def _has_room(self, tenant: TenantId) -> bool:
        """Whether it may have its turn in this process."""
        return self._pools.has(tenant) and (tenant in self._ready or len(self._ready) < MOST)

    def _behind(self, at: Instant, now: Instant) -> Instant:
        """When this process looks for a turn that comes at that time."""
        return Instant(at + self._unreadable.behind(now)) if at != NEVER else NEVER

    def _is_offered(self, tenant: TenantId, at: Instant, now: Instant) -> bool:
        """Whether an earlier turn was offered a moment ago."""
        offered, when = self._offered.get(tenant, (NEVER, NEVER))
        return now < offered <= at and when <= now < when + OFFERED

    def _remember(self, later: Mapping[TenantId, Instant], now: Instant) -> None:
        self._offered |= {tenant: (at, now) for tenant, at in later.items()}
        while len(self._offered) > REMEMBERED:
            del self._offered[next(iter(self._offered))]

    async def leave(self) -> None:
        """Leave what waits here to others."""
        now = await self._clock.now()
        await self._turns.offer(dict.fromkeys(self._ready, now))
        self._ready.clear()

    def _first(self) -> TenantId:
        tenant = next(iter(self._ready))
        del self._ready[tenant]
        return tenant
