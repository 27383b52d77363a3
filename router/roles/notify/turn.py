"""One turn of a tenant: what is due, then the heads of its lanes. Short, and it never waits for Slack."""

import asyncio
from dataclasses import dataclass
from typing import Final

from router.core.model.alert import TenantId
from router.core.model.instant import NEVER, Instant
from router.core.model.operation import Lane
from router.core.model.rules.tenant import Tenant
from router.errors import RebuildError, UnavailableError
from router.ports.clock import Clock
from router.ports.schedule import DueWork, Schedule
from router.ports.state import ApplyResult
from router.roles.just_stored import JustStored
from router.roles.notify.dispatch import Dispatcher
from router.roles.notify.due import DueGroups
from router.roles.notify.heads import looked_at
from router.roles.tenants import ActiveTenants

_BATCH: Final = 50


@dataclass(frozen=True, slots=True)
class TenantTurn:
    """Serves tenants one at a time."""

    tenants: ActiveTenants
    schedule: Schedule
    just_stored: JustStored
    due: DueGroups
    dispatcher: Dispatcher
    clock: Clock

    async def serve(self, rules: Tenant) -> Instant:
        """Do what can be done now; when the tenant has work next, NEVER for none.

        Raises:
            RebuildError: Redis has lost the tenant's data.
            UnavailableError: Redis does not answer for the tenant.
        """
        tenant = rules.tenant_id
        guessed = self.just_stored.take_lanes(tenant)
        work, heads = await asyncio.gather(
            self.schedule.due(tenant, await self.clock.now(), _BATCH),
            self.schedule.heads(tenant, guessed, looked_at(rules)),
        )
        applied = await self.due.advance(rules, work.groups)
        known = {} if work.groups else dict(zip(guessed, heads, strict=True))
        dispatched = await self.dispatcher.dispatch(rules, await self._lanes(tenant, work), known)
        await self._keep_up(tenant, [*applied, *dispatched.applied])
        next_at = await self._next_due(tenant) if dispatched.next_due is None else dispatched.next_due
        return Instant(max(next_at, await self.clock.now())) if next_at != NEVER else NEVER

    async def _next_due(self, tenant: TenantId) -> Instant:
        [next_at] = await self.schedule.next_due([tenant])
        if next_at is None:
            raise UnavailableError(f"Redis does not answer for tenant {tenant!r}")
        return next_at

    async def _lanes(self, tenant: TenantId, work: DueWork) -> tuple[Lane, ...]:
        """The lanes that are due, also those into which groups have just come: they need not wait for a round."""
        if not work.groups:
            return work.lanes
        return (await self.schedule.due(tenant, await self.clock.now(), _BATCH)).lanes

    async def _keep_up(self, tenant: TenantId, applied: list[ApplyResult]) -> None:
        """To a newer configuration, or a suspension, where there is one."""
        if ApplyResult.RELOAD in applied or ApplyResult.HELD in applied:
            await self.tenants.refresh(tenant)
        if ApplyResult.REBUILD in applied and not await self.tenants.forget_if_gone(tenant):
            raise RebuildError(f"Redis holds no data of tenant {tenant!r} any more")
