"""From stored groups to calls: take turns over the tenants, and sweep for what a dead process left behind.

Works from Redis alone, so any worker may take any turn. Sleeps until the next due time or until there is news.
"""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

import structlog

from router.core.model.alert import TenantId
from router.core.model.instant import NEVER, SECOND, Instant
from router.errors import RebuildError, RouterError, UnavailableError
from router.observe.incident import Incident
from router.ports.clock import Clock
from router.ports.schedule import Schedule, Turns
from router.roles.notify.lanes import Lanes
from router.roles.notify.reconfigure import Reconfiguration
from router.roles.notify.relay import Relay
from router.roles.notify.turn import TenantTurn
from router.roles.polling import poll
from router.roles.tenants import ActiveTenants

_SWEEP_S: Final = 5.0
_LONGEST_SLEEP_S: Final = 1.0
_RETRY_S: Final = 0.5


class Notifier:
    """The second half of a worker."""

    def __init__(
        self, tenants: ActiveTenants, turn: TenantTurn, turns: Turns, lanes: Lanes, clock: Clock, news: asyncio.Event
    ) -> None:
        self._tenants = tenants
        self._turn = turn
        self._turns = turns
        self._lanes = lanes
        self._clock = clock
        self._news = news
        self._stopping = False
        self._waits = Incident()
        self._log = structlog.get_logger("router.notifier")

    async def run(self) -> None:
        """Take turns until stopped; calls may still be in flight then."""
        while not self._stopping:
            await self._take_turn_or_wait()

    def stop(self) -> None:
        """Claim nothing more; `run` returns after the turn in hand."""
        self._stopping = True
        self._news.set()

    async def _take_turn_or_wait(self) -> None:
        try:
            self._news.clear()
            await self._lanes.bring_back()
            tenant, next_at = await self._turns.take(await self._clock.now())
            if tenant is not None:
                await self._serve(tenant)
            else:
                await self._sleep_until(next_at)
        except UnavailableError as error:
            if self._waits.happens(str(error)):
                self._log.warning("notifier_waits", error=str(error), times=self._waits.times)
            await self._sleep(_RETRY_S)
        else:
            self._waits.ends()

    async def _serve(self, tenant: TenantId) -> None:
        rules = await self._tenants.find(tenant)
        if rules is None or self._tenants.is_suspended(tenant):
            return  # out of the round until it is resumed, which is a change and offers a turn
        try:
            await self._turns.offer({tenant: await self._turn.serve(rules)})
        except RebuildError as error:
            # Its data alone is gone: the others go on, and the sweep asks again.
            self._log.error("tenant_data_lost", tenant=tenant, error=str(error))
        except RouterError:
            raise
        except Exception:  # noqa: BLE001 - logged; the other tenants go on
            # An error of ours in one tenant's data must not stop the others; the sweep brings the tenant back.
            self._log.exception("turn_failed", tenant=tenant)

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


@dataclass(frozen=True, slots=True)
class Sweep:
    """Puts every tenant with work back into the round, and finishes what a dead worker began: turns are a hint."""

    tenants: ActiveTenants
    schedule: Schedule
    turns: Turns
    reconfiguration: Reconfiguration
    relay: Relay

    async def run(self) -> None:
        """Sweep until cancelled."""
        await poll(_SWEEP_S, self._sweep, "sweep_failed")

    async def _sweep(self) -> None:
        await self.reconfiguration.finish_all()
        tenants = list(self.tenants)
        served = [tenant for tenant in tenants if not self.tenants.is_suspended(tenant)]
        due = await self.schedule.next_due(served) if served else []
        await self.turns.offer(dict(zip(served, due, strict=True)))
        for tenant in tenants:
            self.relay.look_at(tenant)
