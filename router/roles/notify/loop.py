"""From stored groups to calls: take turns over the tenants, and sweep for what a dead process left behind.

Works from Redis alone, so any worker may take any turn. Sleeps until the next due time or until there is news.
"""

import asyncio
from contextlib import suppress
from typing import Final

import structlog

from router.core.model.alert import TenantId
from router.core.model.instant import NEVER, SECOND, Instant
from router.errors import RebuildError, UnavailableError
from router.observe.incident import Incident
from router.ports.clock import Clock
from router.ports.schedule import Leftovers, SharedTurns
from router.roles.notify.backlog import Backlog
from router.roles.notify.lanes import Lanes
from router.roles.notify.own_turns import OwnTurns
from router.roles.notify.pulse import Pulse
from router.roles.notify.rounds import LATELY, Rounds
from router.roles.notify.turn import TenantTurn
from router.roles.notify.unfinished import Unfinished
from router.roles.polling import end_if_cancelled, poll

_SWEEP_S: Final = 5.0
_TOGETHER: Final = 100
"""Tenants of whom is read in one round trip what is left to do."""
_LONGEST_SLEEP_S: Final = 1.0
_RETRY_S: Final = 0.5
_SICK_RETRY: Final = SECOND
TURNS_AT_ONCE: Final = 8
"""So many tenants have their turn at once: what one of them waits for in Redis keeps no other one waiting."""
MOST_IN_HAND: Final = 64
"""Of these and of those whose rules are compiled first: who waits for that takes nobody's turn."""


class Notifier:
    """The second half of a worker."""

    def __init__(
        self,
        turn: TenantTurn,
        turns: OwnTurns,
        lanes: Lanes,
        clock: Clock,
        news: asyncio.Event,
        pulse: Pulse,
    ) -> None:
        self._tenants = turn.tenants
        self._turn = turn
        self._pulse = pulse
        self._turns = turns
        self._lanes = lanes
        self._clock = clock
        self._news = news
        self._stopping = False
        self._waits = Incident()
        self._in_hand: dict[TenantId, asyncio.Task[None]] = {}
        self._at_once = asyncio.Semaphore(TURNS_AT_ONCE)
        self._again: set[TenantId] = set()
        self._sick: dict[TenantId, Incident] = {}
        self._log = structlog.get_logger("router.notifier")

    async def run(self) -> None:
        """Take turns until stopped; calls may still be in flight then."""
        try:
            while not self._stopping:
                await self._begin_turn_or_wait()
            await self.finish_turns()
            with suppress(UnavailableError):  # else the sweep of another worker finds it
                await self._turns.leave()
        finally:
            for turn in self._in_hand.values():
                turn.cancel()

    def stop(self) -> None:
        """Claim nothing more; `run` returns after the turns in hand."""
        self._stopping = True
        self._news.set()

    async def finish_turns(self) -> None:
        """Wait for the turns in hand."""
        await asyncio.gather(*self._in_hand.values())

    async def _begin_turn_or_wait(self) -> None:
        await self._room()
        self._pulse.beats()
        self._news.clear()
        if self._tenants.hold.is_on:
            await self._sleep(_RETRY_S)  # turns stay where they are
            return
        try:
            await self._lanes.bring_back()
            tenant, next_at = await self._turns.take(await self._clock.now())
            if tenant is None:
                await self._sleep_until(next_at)
            elif tenant in self._in_hand:
                self._again.add(tenant)
            else:
                self._in_hand[tenant] = asyncio.create_task(self._take_turn(tenant))
        except UnavailableError as error:
            self._pulse.waits()
            if self._waits.happens(str(error)):
                self._log.warning("notifier_waits", error=str(error), times=self._waits.times)
            await self._sleep(_RETRY_S)
        else:
            self._waits.ends()

    async def _room(self) -> None:
        """Wait until one more tenant may have its turn."""
        while self._at_once.locked() or len(self._in_hand) >= MOST_IN_HAND:
            await asyncio.wait(self._in_hand.values(), return_when=asyncio.FIRST_COMPLETED)

    async def _take_turn(self, tenant: TenantId) -> None:
        """Serve a tenant; whatever goes wrong there is nobody else's trouble."""
        try:
            await self._serve(tenant)
            self._sick.pop(tenant, None)
            self._pulse.went_well(tenant)
        except RebuildError as error:
            # Its data alone is gone: the others go on, and the sweep asks again.
            self._pulse.failed(tenant, "data_lost")
            self._log.error("tenant_data_lost", tenant=tenant, error=str(error))
        except UnavailableError as error:
            await self._serve_later(tenant, error)
        except Exception:  # noqa: BLE001 - logged; the other tenants go on
            # An error of ours in one tenant's data must not stop the others; the sweep brings the tenant back.
            self._pulse.failed(tenant, "error")
            self._log.exception("turn_failed", tenant=tenant)
        finally:
            del self._in_hand[tenant]
            self._again.discard(tenant)
            self._news.set()

    async def _serve(self, tenant: TenantId) -> None:
        rules = await self._tenants.find(tenant)
        if rules is None or self._tenants.is_silent(tenant):
            return  # out of the round until it is resumed, which is a change and offers a turn
        async with self._at_once:
            await self._turns.offer({tenant: await self._turn.serve(rules)})
        while tenant in self._again:  # its turn came while it was served: not lost, but at the back of the round
            self._again.discard(tenant)
            await self._turns.offer({tenant: await self._clock.now()})

    async def _serve_later(self, tenant: TenantId, error: UnavailableError) -> None:
        self._pulse.waits()
        self._pulse.failed(tenant, "unavailable")
        incident = self._sick.setdefault(tenant, Incident())
        if incident.happens(str(error)):
            self._log.warning("notifier_waits", tenant=tenant, error=str(error), times=incident.times)
        with suppress(UnavailableError):  # else the sweep brings it back
            await self._turns.offer({tenant: Instant(await self._clock.now() + _SICK_RETRY)})

    async def _sleep_until(self, next_at: Instant) -> None:
        if next_at == NEVER:
            await self._sleep(_LONGEST_SLEEP_S)
        else:
            left = (next_at - await self._clock.now()) / SECOND
            await self._sleep(min(max(left, 0.001), _LONGEST_SLEEP_S))

    async def _sleep(self, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._news.wait()


class Sweep:
    """Puts tenants with work back into the round, and finishes what a dead worker began: turns are a hint."""

    def __init__(
        self,
        rounds: Rounds,
        leftovers: Leftovers,
        turns: SharedTurns,
        unfinished: Unfinished,
        clock: Clock,
        backlog: Backlog,
    ) -> None:
        self._rounds = rounds
        self._leftovers = leftovers
        self._turns = turns
        self._unfinished = unfinished
        self._backlog = backlog
        self._clock = clock

    async def run(self) -> None:
        """Sweep until cancelled."""
        async with asyncio.TaskGroup() as together:
            together.create_task(self._note_served())
            await poll(_SWEEP_S, self._sweep, "sweep_failed")

    async def _note_served(self) -> None:
        """Let other workers know at once whom this one serves, so that they find what it leaves behind if it dies."""
        while True:
            tenants = await self._rounds.served()
            with suppress(UnavailableError):  # they are noted again while they are served
                await self._turns.note_served(tenants, await self._clock.now())
            end_if_cancelled()

    async def _sweep(self) -> None:
        since = await self._clock.now() - round(LATELY * _SWEEP_S * SECOND)
        tenants = self._rounds.next(await self._turns.served_since(Instant(since)))
        for start in range(0, len(tenants), _TOGETHER):
            some = tenants[start : start + _TOGETHER]
            found = zip(some, await self._leftovers.of(some), strict=True)
            left = {tenant: one for tenant, one in found if one is not None}
            self._backlog.take_note(left, await self._clock.now())
            await self._turns.offer(await self._unfinished.take_up(left))
        self._rounds.done()
