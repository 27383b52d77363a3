"""Groups under a newer configuration: their alerts are folded where they now belong, then leave.

In this order, so that some message always shows an alert whatever fails in between; both may be done twice. A group
notes which configuration it was routed by, so one that was left behind is found when it is looked at.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from router.core import engine
from router.core.engine import Rerouted, route_again
from router.core.model.group import AlertGroup
from router.core.model.key import GroupKey
from router.core.model.rules.tenant import Tenant
from router.core.route.tree import Assignment
from router.ports.clock import Clock
from router.ports.state import ApplyResult
from router.roles.ingest.merge import Merged, Merging, Work
from router.roles.transitions import Change, Transitions


@dataclass(frozen=True, slots=True)
class UpToDate:
    """Groups to go on with; and those that are stuck, as their alerts belong into a group that cannot be read.

    `complete` is False where a group was changed by others before its alerts could leave, or the configuration has
    changed again: such a group may rest until a timer of its own, so somebody must come back to it.
    """

    current: Sequence[AlertGroup]
    stuck: Sequence[AlertGroup]
    complete: bool


@dataclass(frozen=True, slots=True)
class Rerouting:
    """Brings groups up to a tenant's configuration."""

    merging: Merging
    transitions: Transitions
    clock: Clock

    async def bring_up_to_date(self, tenant: Tenant, loaded: Sequence[AlertGroup]) -> UpToDate:
        """Those whose alerts all belong where they are, marked as routed by this configuration; not stored yet.

        The others have been changed in the store, but for those that are stuck or were overtaken.
        """
        outdated = [one for one in loaded if one.config_version < tenant.rules_version]
        moves = await _moves(tenant, outdated)
        merged = await self._arrive(tenant, [arrival for move in moves.values() for arrival in move.arrivals])
        stuck = {key for key, move in moves.items() if _cannot_arrive(move, merged)}
        leaving = [one for one in outdated if moves[one.key].leaving]
        left = not merged.outdated and await self._leave(
            tenant, [(one, moves[one.key]) for one in leaving if one.key not in stuck]
        )
        stays = [one for one in loaded if one.key not in moves or not moves[one.key].leaving]
        return UpToDate(
            current=[one if one.key in stuck else _marked(one, tenant) for one in stays],
            stuck=[one for one in leaving if one.key in stuck],
            complete=left,
        )

    async def _arrive(self, tenant: Tenant, arrivals: Iterable[Assignment]) -> Merged:
        """What could not arrive: all of it if the configuration has changed again, else what cannot be read there."""
        work: dict[GroupKey, Work] = {}
        for one in arrivals:
            work.setdefault(one.key, Work(tenant, one.key, one.timing)).seen.append(one.seen)
        return await self.merging.merge(list(work.values()), engine.arrive)

    async def _leave(self, tenant: Tenant, moves: Sequence[tuple[AlertGroup, Rerouted]]) -> bool:
        """Whether all have left."""
        now = await self.clock.now()
        changes = [Change(tenant, one, engine.leave(_marked(one, tenant), move.leaving, now)) for one, move in moves]
        return all(answer is ApplyResult.OK for answer in await self.transitions.apply(changes, now))


async def _moves(tenant: Tenant, outdated: Sequence[AlertGroup]) -> Mapping[GroupKey, Rerouted]:
    """Where the alerts of each group belong; found in a thread where patterns are tried, which may take a while."""

    def moves() -> Mapping[GroupKey, Rerouted]:
        return {one.key: route_again(one, tenant) for one in outdated}

    return await asyncio.to_thread(moves) if outdated and tenant.pattern_sizes else moves()


def _marked(group: AlertGroup, tenant: Tenant) -> AlertGroup:
    """The group as routed by these rules, or by later ones that another worker has already."""
    return replace(group, config_version=max(group.config_version, tenant.rules_version))


def _cannot_arrive(move: Rerouted, merged: Merged) -> bool:
    unreadable = {key for _, key in merged.unreadable}
    return any(arrival.key in unreadable for arrival in move.arrivals)
