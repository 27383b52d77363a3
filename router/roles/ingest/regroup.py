"""Alerts of a batch that fire in other groups of their receiver as well: left for the new group, or ended with it.

An alert is noted in its new group, then leaves the old one, and is folded into the new one last: whatever fails in
between, the record comes again, and finds it known.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from router.core import engine
from router.core.fold.regroup import ended_elsewhere, expect, regrouped
from router.core.model.alert import Alert, AlertId, TenantId
from router.core.model.group import AlertGroup
from router.core.model.instant import Instant
from router.core.model.key import GroupId
from router.core.model.observation import Observations
from router.core.model.rules.names import ReceiverName
from router.core.model.rules.tenant import Tenant
from router.errors import UnavailableError
from router.ports.clock import Clock
from router.ports.state import ApplyResult, GroupStates, Loaded
from router.roles.ingest.merge import Merged, Merging, Work
from router.roles.tenants import ActiveTenants
from router.roles.together import both_ended
from router.roles.transitions import Change, Transitions

_ATTEMPTS: Final = 20

_Place = tuple[TenantId, ReceiverName]


@dataclass(slots=True)
class _Other:
    """Another group of a receiver, and the alerts that fire in it and come in groups that are merged into."""

    tenant: Tenant
    arrivals: list[tuple[Work, Observations]] = field(default_factory=list)

    @property
    def alerts(self) -> list[AlertId]:
        """Those alerts."""
        return list(dict.fromkeys(alert.alert_id for _, seen in self.arrivals for alert in seen.alerts))

    def ended(self, group: AlertGroup) -> Work:
        """What is to be merged into it, since it has ended."""
        work = Work(self.tenant, group.key, self.tenant.timing(group.key.receiver, group.key.path))
        for _, seen in self.arrivals:
            if (ended := ended_elsewhere(group, seen)) is not None:
                work.add(ended)
        return work


@dataclass(frozen=True, slots=True)
class _Moves:
    """Alerts that leave groups, and the groups that they come to."""

    leaving: list[tuple[Tenant, AlertGroup, frozenset[AlertId]]] = field(default_factory=list)
    coming: dict[int, tuple[Work, AlertGroup, dict[AlertId, Instant]]] = field(default_factory=dict)

    def expect(self, work: Work, own: AlertGroup, alerts: Iterable[AlertId], observed: Instant) -> None:
        """These come with a body of that work; of several bodies the one that is folded first counts."""
        _, _, known = self.coming.setdefault(id(work), (work, own, {}))
        for alert in alerts:
            known.setdefault(alert, observed)

    def expected(self) -> list[Change]:
        """The transitions that note them where they come."""
        return [
            Change(work.tenant, own, expect(work.first_state(own), alerts))
            for work, own, alerts in self.coming.values()
            if alerts
        ]

    def left(self, now: Instant) -> list[Change]:
        """The transitions of the groups that they leave."""
        return [Change(tenant, group, engine.leave(group, gone, now)) for tenant, group, gone in self.leaving]


class _Stored(NamedTuple):
    """Whether all was stored, and the tenants whose configuration has changed meanwhile."""

    is_complete: bool
    outdated: set[TenantId]


@dataclass(frozen=True, slots=True)
class Regrouping:
    """Merges into groups, and brings the other groups of the same alerts in line."""

    tenants: ActiveTenants
    groups: GroupStates
    transitions: Transitions
    merging: Merging
    clock: Clock

    async def merge(self, work: Sequence[Work]) -> Merged:
        """Merge everything that can be, here and elsewhere.

        Raises:
            RebuildError: Redis has lost a tenant's data.
            UnavailableError: others keep changing the same groups.
        """
        ended, loaded = await both_ended(self._prepare(work), self.merging.load(work))
        return (await self.merging.merge(work, loaded=loaded)).plus(await self.merging.merge(ended, engine.arrive))

    async def _prepare(self, work: Sequence[Work]) -> list[Work]:
        """Let alerts leave the groups that their sender no longer uses; answers what has ended in other groups.

        Tenants whose configuration has changed are left out: merging finds that out as well.
        """
        left = list(work)
        for _ in range(_ATTEMPTS):
            others = await self._others(left)
            if not others:
                return []
            moves = await self._moves(others)
            if not moves.leaving:
                return [ended for one, group in others if (ended := one.ended(group)).seen]
            stored = await self._store(moves.expected())
            if stored.is_complete:
                stored = await self._store(moves.left(await self.clock.now()))
            left = [one for one in left if one.tenant.tenant_id not in stored.outdated]
        raise UnavailableError("alert groups change faster than alerts can leave them")

    async def _others(self, work: Sequence[Work]) -> list[tuple[_Other, AlertGroup]]:
        """The other groups that can be read, with those of their alerts that come."""
        found = await self._found(work)
        if not found:
            return []
        loaded = await self.groups.find_parts([(*place, one.alerts) for place, one in found.items()])
        pairs = zip(found.values(), loaded, strict=True)
        return [(one, group) for one, group in pairs if isinstance(group, AlertGroup)]

    async def _found(self, work: Sequence[Work]) -> dict[tuple[TenantId, GroupId], _Other]:
        assigned = _assigned(work)
        wanted = [(*place, list(alerts)) for place, alerts in assigned.items()]
        known = dict(zip(assigned, await self.groups.firing_in(wanted), strict=True))
        found: dict[tuple[TenantId, GroupId], _Other] = {}
        for one in work:
            place = _place(one)
            for seen in one.seen:
                known_here, mine = known.get(place, {}), assigned.get(place, {})
                for group, alerts in _by_other_group(seen, known_here, mine).items():
                    other = found.setdefault((place[0], group), _Other(one.tenant))
                    other.arrivals.append((one, seen.only(alerts)))
        return found

    async def _moves(self, others: Sequence[tuple[_Other, AlertGroup]]) -> _Moves:
        """Which alerts leave which group, and where they are expected."""
        moves = _Moves()
        owns = await self._owns(others)
        for one, group in others:
            gone = frozenset[AlertId]()
            for work, seen in one.arrivals:
                own = owns[id(work)]
                if isinstance(own, AlertGroup):
                    moved = regrouped(group, own, seen)
                    moves.expect(work, own, moved, seen.observed)
                    gone |= moved
            if gone:
                moves.leaving.append((one.tenant, await self._with_reply(one.tenant, group), gone))
        return moves

    async def _owns(self, others: Sequence[tuple[_Other, AlertGroup]]) -> Mapping[int, Loaded]:
        """The groups that are merged into, each with those of its alerts that fire elsewhere."""
        wanted: dict[int, tuple[Work, list[AlertId]]] = {}
        for work, seen in (arrival for one, _ in others for arrival in one.arrivals):
            _, alerts = wanted.setdefault(id(work), (work, []))
            alerts += (alert.alert_id for alert in seen.alerts if alert.alert_id not in alerts)
        loaded = await self.groups.load_parts([
            (work.tenant.tenant_id, work.key, alerts) for work, alerts in wanted.values()
        ])  # fmt: skip
        return dict(zip(wanted, loaded, strict=True))

    async def _with_reply(self, tenant: Tenant, group: AlertGroup) -> AlertGroup:
        """The group whole where a reply is pending: which alerts that is about must be known.

        One that has moved on meanwhile stays as it was read; that is found out when it is stored.
        """
        if group.pending_reply is None:
            return group
        [whole] = await self.groups.load(tenant.tenant_id, [group.key.group_id])
        return whole if isinstance(whole, AlertGroup) and whole.rev == group.rev else group

    async def _store(self, changes: Sequence[Change]) -> _Stored:
        answers = await self.transitions.apply_and_offer(changes, await self.clock.now())
        outdated = {
            change.tenant.tenant_id
            for change, answer in zip(changes, answers, strict=True)
            if await self.tenants.is_outdated(change.tenant.tenant_id, answer)
        }
        return _Stored(all(answer is ApplyResult.OK for answer in answers), outdated)


def _assigned(work: Sequence[Work]) -> dict[_Place, dict[AlertId, set[GroupId]]]:
    """For each receiver the groups that its alerts are merged into anyway."""
    assigned: defaultdict[_Place, defaultdict[AlertId, set[GroupId]]] = defaultdict(lambda: defaultdict(set))
    for one in work:
        for seen in one.seen:
            for alert in seen.alerts:
                assigned[_place(one)][alert.alert_id].add(one.key.group_id)
    return {place: dict(alerts) for place, alerts in assigned.items()}


def _by_other_group(
    seen: Observations, known: Mapping[AlertId, Sequence[GroupId]], assigned: Mapping[AlertId, set[GroupId]]
) -> Mapping[GroupId, Sequence[Alert]]:
    others: defaultdict[GroupId, list[Alert]] = defaultdict(list)
    for alert in seen.alerts:
        for group in known.get(alert.alert_id, ()):
            if group not in assigned[alert.alert_id]:
                others[group].append(alert)
    return others


def _place(work: Work) -> _Place:
    return work.tenant.tenant_id, work.key.receiver
