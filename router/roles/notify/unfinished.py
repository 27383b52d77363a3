"""What a sweep does with what it finds: events go to the relay, configurations are finished, turns are offered."""

from collections.abc import Mapping
from dataclasses import dataclass

from router.core.model.alert import TenantId
from router.core.model.instant import NEVER, Instant
from router.ports.schedule import Leftover
from router.roles.notify.reconfigure import Reconfiguration
from router.roles.notify.relay import Relay
from router.roles.recovery.lost import LostTenants
from router.roles.tenants import ActiveTenants


@dataclass(frozen=True, slots=True)
class Unfinished:
    """Takes up what was left undone."""

    tenants: ActiveTenants
    reconfiguration: Reconfiguration
    relay: Relay
    lost: LostTenants

    async def take_up(self, left: Mapping[TenantId, Leftover]) -> dict[TenantId, Instant]:
        """The turns to offer. A tenant that has nothing due at any time has nothing live to route."""
        await self.lost.take_note({tenant: one.is_lost for tenant, one in left.items()})
        for tenant, one in left.items():
            if one.has_events:
                self.relay.look_at(tenant)
            if one.next_due != NEVER:
                await self.reconfiguration.finish(tenant, one.routed)
        return {
            tenant: one.next_due
            for tenant, one in left.items()
            if one.next_due != NEVER and not self.tenants.is_silent(tenant)
        }
