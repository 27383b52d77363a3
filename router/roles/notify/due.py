"""Groups whose time has come, each one transition further; one round trip to read and one to write.

What was routed by an older configuration is brought up to date before anything else is decided of it. A transition
that lost a race is simply left: the group is still due, or somebody else has moved it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from router.core import engine
from router.core.decide.policy import CallTimes, policy_for
from router.core.model.group import AlertGroup
from router.core.model.instant import Instant
from router.core.model.key import GroupId
from router.core.model.phase import Parked
from router.core.model.tenant import Tenant
from router.core.model.transition import Transition
from router.ports.clock import Clock
from router.ports.state import ApplyResult
from router.roles.notify.loading import GroupLoader
from router.roles.notify.reroute import Rerouting
from router.roles.transitions import Change, Transitions

_BATCH: Final = 20


@dataclass(frozen=True, slots=True)
class DueGroups:
    """The first part of a tenant's turn."""

    loader: GroupLoader
    rerouting: Rerouting
    transitions: Transitions
    clock: Clock
    times: CallTimes

    async def advance(self, tenant: Tenant, due: Sequence[GroupId]) -> list[ApplyResult]:
        """Take what is due one transition further."""
        if not due:
            return []
        return await self._advance(tenant, await self._current(tenant, due))

    async def reconfigure(self, tenant: Tenant, live: Sequence[GroupId]) -> None:
        """Bring what is live up to a new configuration, and try at once what the old one had parked."""
        for start in range(0, len(live), _BATCH):
            current = await self._current(tenant, live[start : start + _BATCH])
            await self._advance(tenant, [one for one in current if isinstance(one.phase, Parked)])

    async def _current(self, tenant: Tenant, ids: Sequence[GroupId]) -> Sequence[AlertGroup]:
        """Those of these groups that can be read and belong where they are."""
        found = await self.rerouting.bring_up_to_date(tenant, await self.loader.due(tenant.tenant_id, ids))
        await self.loader.postpone(tenant.tenant_id, found.stuck)
        return found.current

    async def _advance(self, tenant: Tenant, groups: Sequence[AlertGroup]) -> list[ApplyResult]:
        now = await self.clock.now()
        changes = [Change(tenant, one, self._transition(tenant, one, now)) for one in groups]
        return await self.transitions.apply(changes, now)

    def _transition(self, tenant: Tenant, group: AlertGroup, now: Instant) -> Transition:
        """The next transition; a group that is queued goes back into its lane as it is, and is tried at once."""
        decision = engine.advance(group, policy_for(tenant, group, self.times), now)
        return decision if isinstance(decision, Transition) else Transition(group, lane_at=now)
