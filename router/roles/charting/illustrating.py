"""Has the message of a group edited for its chart alone, with as few steps as such an edit can take."""

from dataclasses import dataclass

from router.core import engine
from router.core.decide.policy import CallTimes, policy_for
from router.core.model.group import AlertGroup
from router.core.model.key import GroupId
from router.core.model.phase import Idle
from router.core.model.rules.tenant import Tenant
from router.ports.clock import Clock
from router.ports.state import ApplyResult, GroupStates
from router.roles.transitions import Change, Transitions


@dataclass(frozen=True, slots=True)
class ChartStore:
    """Where groups are, and what edits them."""

    groups: GroupStates
    transitions: Transitions
    times: CallTimes


@dataclass(frozen=True, slots=True)
class Illustrating:
    """Puts groups into their lanes for an edit that shows a chart, where nothing else is about to be shown."""

    store: ChartStore
    clock: Clock

    async def load(self, tenant: Tenant, group: GroupId) -> AlertGroup | None:
        """A group as it is stored now, all of it; None where it is not, or cannot be read.

        Raises:
            UnavailableError: Redis does not answer.
        """
        [current] = await self.store.groups.load(tenant.tenant_id, [group])
        return current if isinstance(current, AlertGroup) else None

    async def illustrate(self, tenant: Tenant, group: GroupId, known: AlertGroup | None = None) -> None:
        """An edit of a group, which was known like this, all of it; where it has changed since, as it is now.

        Raises:
            UnavailableError: Redis does not answer.
        """
        rests = known is not None and isinstance(known.phase, Idle)
        if known is None or not rests or await self._queue(tenant, known) is ApplyResult.CONFLICT:
            await self._illustrate_now(tenant, group)

    async def _illustrate_now(self, tenant: Tenant, group: GroupId) -> None:
        current = await self.load(tenant, group)
        if current is not None:
            await self._queue(tenant, current)

    async def _queue(self, tenant: Tenant, group: AlertGroup) -> ApplyResult:
        """Straight into its lane, for a turn that need not read it; what mutes it is looked at once more there."""
        now, policy = await self.clock.now(), policy_for(tenant, group, self.store.times)
        queued = engine.straight_on(engine.illustrate(group, policy, now), policy, now)
        change = Change(tenant, group, queued)
        [answer] = await self.store.transitions.apply_and_offer([change], now)
        if answer is ApplyResult.OK and not change.changes_nothing:
            self.store.transitions.just_stored.note(tenant.tenant_id, change.stored)
        return answer
