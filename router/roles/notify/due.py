"""Notifications whose time has come, each one transition further; one round trip to read and one to write.

What was routed by an older configuration is brought up to date before anything else is decided of it. A transition
that lost a race is simply left: the notification is still due, or somebody else has moved it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, assert_never

from router.core.decide.decide import when_due
from router.core.decide.policy import Policy
from router.core.decide.schedule import rest
from router.core.deliver.settle import lapse
from router.core.model.alert import TenantId
from router.core.model.group import Notification, Phase
from router.core.model.instant import Instant
from router.core.model.key import GroupId
from router.core.model.tenant import Tenant
from router.core.model.transition import Step
from router.ports import Applied, Clock, Notifications, Write
from router.roles.notify.reroute import Rerouting
from router.roles.policies import Platform, keep_for, policy_for

_BATCH: Final = 20


@dataclass(frozen=True, slots=True)
class Mover:
    """The first part of a tenant's turn."""

    store: Notifications
    clock: Clock
    rerouting: Rerouting
    platform: Platform

    async def move(self, tenant: Tenant, due: Sequence[GroupId]) -> list[Applied]:
        """Move what is due."""
        loaded = await self.rerouting.bring_up_to_date(tenant, await self._load(tenant.tenant_id, due))
        now = await self.clock.now()
        return await self._apply(tenant, [(one, self._step(tenant, one, now)) for one in loaded], now)

    async def reconfigure(self, tenant: Tenant) -> None:
        """Bring all that is live up to a new configuration, and try at once what the old one had parked."""
        standing = await self.store.standing(tenant.tenant_id)
        for start in range(0, len(standing), _BATCH):
            found = await self._load(tenant.tenant_id, standing[start : start + _BATCH])
            loaded = await self.rerouting.bring_up_to_date(tenant, found)
            now = await self.clock.now()
            parked = [one for one in loaded if one.phase is Phase.PARKED]
            await self._apply(tenant, [(one, self._step(tenant, one, now)) for one in parked], now)
        await self.store.note_routed(tenant.tenant_id, tenant.version)

    async def _load(self, tenant: TenantId, ids: Sequence[GroupId]) -> list[Notification]:
        found = await self.store.load(tenant, ids)
        for notification, one in zip(ids, found, strict=True):
            if one is None:
                await self.store.drop_due(tenant, notification)
        return [one for one in found if one is not None]

    async def _apply(self, tenant: Tenant, steps: Sequence[tuple[Notification, Step]], now: Instant) -> list[Applied]:
        writes = [
            Write(tenant.tenant_id, before, step, now, keep_for(tenant, before), tenant.version)
            for before, step in steps
        ]
        return await self.store.apply(writes) if writes else []

    def _step(self, tenant: Tenant, loaded: Notification, now: Instant) -> Step:
        return step_when_due(loaded, policy_for(tenant, loaded, self.platform), now)


def step_when_due(loaded: Notification, policy: Policy, now: Instant) -> Step:
    """The transition that a reached due time means in each phase."""
    match loaded.phase:
        case Phase.IDLE | Phase.WAITING | Phase.PARKED:
            return when_due(loaded, policy, now)
        case Phase.SENDING:
            return lapse(loaded, policy, now)
        case Phase.QUEUED:
            return Step(rest(loaded, policy, now))
        case _:
            assert_never(loaded.phase)
