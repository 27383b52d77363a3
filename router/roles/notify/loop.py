"""From stored notifications to calls: take turns over the tenants, move what is due, and let heads of lanes speak.

Works from Redis alone, so any worker may take any turn. A turn is short: it never waits for Slack; calls run beside
it, bounded in all and per tenant, so that a slow workspace delays nobody else. Sleeps until the next due time or
until there is news; a sweep finds what a dead process left behind.
"""

import asyncio
from contextlib import suppress
from typing import Final

import structlog

from router.core.model.alert import TenantId
from router.core.model.instant import NEVER, SECOND, Instant
from router.core.model.tenant import Tenant
from router.errors import RouterError, UnavailableError
from router.ports import Applied, Clock, Notifications, Turns
from router.roles.notify.dispatch import Teller
from router.roles.notify.due import Mover
from router.roles.notify.relay import Relay
from router.roles.tenants import Registry

_BATCH: Final = 50
_SWEEP_S: Final = 5.0
_LONGEST_SLEEP_S: Final = 1.0
_RETRY_S: Final = 0.5


class Notifier:
    """The second half of a worker."""

    def __init__(
        self,
        registry: Registry,
        store: Notifications,
        turns: Turns,
        clock: Clock,
        mover: Mover,
        teller: Teller,
        relay: Relay,
        news: asyncio.Event,
    ) -> None:
        self._registry = registry
        self._store = store
        self._turns = turns
        self._clock = clock
        self._mover = mover
        self._teller = teller
        self._relay = relay
        self._news = news
        self._stopping = False
        self._log = structlog.get_logger("router.notifier")

    async def run(self) -> None:
        """Take turns until stopped; calls may still be in flight then."""
        sweeping = asyncio.create_task(self._sweep())
        try:
            while not self._stopping:
                await self._take_turn_or_wait()
        finally:
            sweeping.cancel()
            with suppress(asyncio.CancelledError):
                await sweeping

    def stop(self) -> None:
        """Claim nothing more; `run` returns after the turn in hand."""
        self._stopping = True
        self._news.set()

    async def configuration_changed(self, tenant: TenantId) -> None:
        """Bring what is live up to the new configuration, and try again at once what the old one had parked."""
        rules = self._registry.get(tenant)
        if rules is None:
            return
        try:
            await self._mover.reconfigure(rules)
        except RouterError:
            raise
        except Exception:  # noqa: BLE001 - logged; the other tenants go on
            self._log.exception("reconfiguration_failed", tenant=tenant)
        await self._turns.offer({tenant: await self._clock.now()})
        self._news.set()

    async def _take_turn_or_wait(self) -> None:
        try:
            self._news.clear()
            tenant, next_at = await self._turns.take(await self._clock.now())
            if tenant is not None:
                await self._serve(tenant)
            else:
                await self._sleep_until(next_at)
        except UnavailableError as error:
            self._log.warning("notifier_waits", error=str(error))
            await self._sleep(_RETRY_S)

    async def _serve(self, tenant: TenantId) -> None:
        rules = await self._registry.find(tenant)
        if rules is None or self._registry.is_suspended(tenant):
            return  # out of the round until it is resumed, which is a change and offers a turn
        try:
            due = await self._store.due(tenant, await self._clock.now(), _BATCH)
            applied = await self._mover.move(rules, due.notifications) if due.notifications else []
            applied += await self._teller.tell(rules, due.lanes) if due.lanes else []
        except RouterError:
            raise
        except Exception:  # noqa: BLE001 - logged; the other tenants go on
            # An error of ours in one tenant's data must not stop the others; the sweep brings the tenant back.
            self._log.exception("turn_failed", tenant=tenant)
        else:
            await self._look_after(rules, applied)

    async def _look_after(self, rules: Tenant, applied: list[Applied]) -> None:
        """Back to the end of the round; and to a newer configuration where there is one."""
        tenant = rules.tenant_id
        if Applied.RELOAD in applied:
            await self._registry.refresh(tenant)
        if Applied.REBUILD in applied and not await self._registry.forget_if_gone(tenant):
            raise UnavailableError(f"Redis holds no data of tenant {tenant!r} any more")
        self._relay.look_at(tenant)
        [next_at] = await self._store.next_due([tenant])
        now = await self._clock.now()
        await self._turns.offer({tenant: Instant(max(next_at, now)) if next_at != NEVER else NEVER})

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

    async def _sweep(self) -> None:
        """Put every tenant with work back into the round, and finish what a dead worker began: turns are a hint."""
        while True:
            try:
                tenants = list(self._registry)
                await self._reconfigure_all(tenants)
                served = [tenant for tenant in tenants if not self._registry.is_suspended(tenant)]
                due = await self._store.next_due(served) if served else []
                await self._turns.offer(dict(zip(served, due, strict=True)))
                for tenant in tenants:
                    self._relay.look_at(tenant)
            except UnavailableError as error:
                self._log.warning("sweep_failed", error=str(error))
            await asyncio.sleep(_SWEEP_S)

    async def _reconfigure_all(self, tenants: list[TenantId]) -> None:
        """Tenants whose configuration changed while no worker lived to the end of it."""
        routed = await self._store.routed(tenants) if tenants else []
        for tenant, version in zip(tenants, routed, strict=True):
            rules = self._registry.get(tenant)
            if rules is not None and version < rules.version:
                await self.configuration_changed(tenant)
