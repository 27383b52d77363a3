"""Notifications under a newer configuration: their alerts are folded where they now belong, then leave.

In this order, so that an alert is told at least in one place whatever fails in between; both may be done twice. A
notification notes which configuration it was routed by, so one that was left behind is found when it is looked at.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from router.core.fold.reroute import Arrival, Rerouted, arrive, leave, route_again
from router.core.model.group import Notification
from router.core.model.key import GroupKey
from router.core.model.tenant import Tenant
from router.ports import Clock, Notifications, Write
from router.roles.ingest.merge import Folding, Work
from router.roles.policies import keep_for


@dataclass(frozen=True, slots=True)
class Rerouting:
    """Brings notifications up to a tenant's configuration."""

    folding: Folding
    store: Notifications
    clock: Clock

    async def bring_up_to_date(self, tenant: Tenant, loaded: Sequence[Notification]) -> list[Notification]:
        """Those whose alerts all belong where they are, marked as routed by this configuration; not stored yet.

        The others have been changed in the store, or will be found again, since they are due at once.
        """
        outdated = [one for one in loaded if one.config_version != tenant.version]
        moves = {one.key: route_again(one, tenant) for one in outdated}
        if await self._arrive(tenant, [arrival for move in moves.values() for arrival in move.arrivals]):
            await self._leave(tenant, [(one, moves[one.key]) for one in outdated if moves[one.key].leaving])
        stays = [one for one in loaded if one.key not in moves or not moves[one.key].leaving]
        return [replace(one, config_version=tenant.version) for one in stays]

    async def _arrive(self, tenant: Tenant, arrivals: Sequence[Arrival]) -> bool:
        """Whether everything has arrived; not if the configuration has changed once more."""
        work: dict[GroupKey, Work] = {}
        for one in arrivals:
            work.setdefault(one.key, Work(tenant, one.key, one.timing)).seen.append(one.seen)
        return not await self.folding.merge(list(work.values()), arrive)

    async def _leave(self, tenant: Tenant, moves: Sequence[tuple[Notification, Rerouted]]) -> None:
        now = await self.clock.now()
        steps = [(one, leave(replace(one, config_version=tenant.version), move.leaving, now)) for one, move in moves]
        writes = [
            Write(tenant.tenant_id, one, step, now, keep_for(tenant, one), tenant.version) for one, step in steps
        ]
        if writes:
            await self.store.apply(writes)
