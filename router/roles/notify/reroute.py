"""Groups under a newer configuration: their alerts are folded where they now belong, then leave.

In this order, so that some message always shows an alert whatever fails in between; both may be done twice. A group
notes which configuration it was routed by, so one that was left behind is found when it is looked at.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from router.core import engine
from router.core.fold.reroute import Rerouted, route_again
from router.core.model.group import AlertGroup
from router.core.model.key import GroupKey
from router.core.model.tenant import Tenant
from router.core.route.tree import Assignment
from router.ports.clock import Clock
from router.roles.ingest.merge import Merged, Merging, Work
from router.roles.transitions import Change, Transitions


@dataclass(frozen=True, slots=True)
class UpToDate:
    """Groups to go on with; and those that are stuck, as their alerts belong into a group that cannot be read."""

    current: Sequence[AlertGroup]
    stuck: Sequence[AlertGroup]


@dataclass(frozen=True, slots=True)
class Rerouting:
    """Brings groups up to a tenant's configuration."""

    merging: Merging
    transitions: Transitions
    clock: Clock

    async def bring_up_to_date(self, tenant: Tenant, loaded: Sequence[AlertGroup]) -> UpToDate:
        """Those whose alerts all belong where they are, marked as routed by this configuration; not stored yet.

        The others have been changed in the store, or will be found again, since they are due at once; but for those
        that are stuck.
        """
        outdated = [one for one in loaded if one.config_version != tenant.version]
        moves = {one.key: route_again(one, tenant) for one in outdated}
        merged = await self._arrive(tenant, [arrival for move in moves.values() for arrival in move.arrivals])
        stuck = {key for key, move in moves.items() if _cannot_arrive(move, merged)}
        leaving = [one for one in outdated if moves[one.key].leaving]
        if not merged.outdated:
            await self._leave(tenant, [(one, moves[one.key]) for one in leaving if one.key not in stuck])
        stays = [one for one in loaded if one.key not in moves or not moves[one.key].leaving]
        return UpToDate(
            current=[one if one.key in stuck else replace(one, config_version=tenant.version) for one in stays],
            stuck=[one for one in leaving if one.key in stuck],
        )

    async def _arrive(self, tenant: Tenant, arrivals: Iterable[Assignment]) -> Merged:
        """What could not arrive: all of it if the configuration has changed again, else what cannot be read there."""
        work: dict[GroupKey, Work] = {}
        for one in arrivals:
            work.setdefault(one.key, Work(tenant, one.key, one.timing)).seen.append(one.seen)
        return await self.merging.merge(list(work.values()), engine.arrive)

    async def _leave(self, tenant: Tenant, moves: Sequence[tuple[AlertGroup, Rerouted]]) -> None:
        now = await self.clock.now()
        changes = [
            Change(tenant, one, engine.leave(replace(one, config_version=tenant.version), move.leaving, now))
            for one, move in moves
        ]
        await self.transitions.apply(changes, now)


def _cannot_arrive(move: Rerouted, merged: Merged) -> bool:
    unreadable = {key for _, key in merged.unreadable}
    return any(arrival.key in unreadable for arrival in move.arrivals)
