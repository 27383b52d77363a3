"""What was read, routed and merged run by run: no run holds one alert in two groupings, and none takes long."""

from collections import Counter
from collections.abc import Callable, Coroutine, Sequence, Set
from dataclasses import dataclass, field
from typing import Final

from router.core.model.alert import AlertId, TenantId
from router.core.model.key import GroupId, GroupKey
from router.core.model.rules.names import ReceiverName
from router.core.route.tree import Assignment
from router.errors import UnavailableError
from router.ports.kafka import Record
from router.roles.ingest.merge import Merged, Refused, Work
from router.roles.ingest.pace import Pace
from router.roles.ingest.portion import Body, Portion
from router.roles.ingest.read import ReadRecord
from router.roles.ingest.refused import RefusedAlerts
from router.roles.ingest.regroup import Regrouping
from router.roles.tenants import ActiveTenants
from router.roles.watchdog.beats import Arrived, Noting

RUN: Final = 200
"""Alerts that are merged in one step: what one round trip to Redis holds."""
GROUPS: Final = 32
"""Alert groups that one step stores: many small ones cost more than many alerts of few."""
_ATTEMPTS: Final = 20

_Alert = tuple[TenantId, ReceiverName, AlertId]
_Place = tuple[TenantId, GroupKey]
Landed = Callable[[ReadRecord, Sequence[GroupId], int], None]
"""Hears of each record that was folded: the groups, each once, and its alerts in all of them; none if in doubt."""

Aside = Callable[[Sequence[Record], Coroutine[object, object, None]], None]
"""Sets aside what is bad of these records while others go on."""


@dataclass(slots=True)
class _Run:
    """Records to be merged in one step: what is to be merged where, and the records that it came from."""

    work: dict[_Place, Work] = field(default_factory=dict)
    sources: dict[_Place, list[ReadRecord]] = field(default_factory=dict)
    groups: dict[_Alert, set[GroupKey]] = field(default_factory=dict)
    alerts: int = 0
    landed: list[tuple[ReadRecord, GroupId, int]] = field(default_factory=list)

    def has_room(self, one: Portion) -> bool:
        """Whether a step may hold that portion as well: any one by itself."""
        return not self.work or (self.alerts + one.seen.size <= RUN and len(self.work) < GROUPS)

    def add(self, one: Portion, parts: Sequence[Assignment]) -> bool:
        """Take in one more portion; not one that brings an alert of an earlier one in another group."""
        tenant, groups = one.body.tenant, dict[_Alert, set[GroupKey]]()
        for part in parts:
            for alert in part.seen.alerts:
                groups.setdefault((tenant.tenant_id, part.key.receiver, alert.alert_id), set()).add(part.key)
        if any(self.groups.get(alert, keys) != keys for alert, keys in groups.items()):
            return False
        self.groups |= groups
        self.alerts += one.seen.size
        for part in parts:
            place = (tenant.tenant_id, part.key)
            work = self.work.setdefault(place, Work(tenant, part.key, part.timing))
            work.add(part.seen)
            work.bodies.add(one.body.digest)
            work.note_trace(one.body.source.span)
            self.sources.setdefault(place, []).append(one.body.source)
            self.landed.append((one.body.source, part.key.group_id, len(part.seen.alerts)))
        return True


@dataclass(slots=True)
class _Landings:
    """Where records went."""

    groups: dict[int, dict[GroupId, None]] = field(default_factory=dict)
    alerts: Counter[int] = field(default_factory=Counter)
    doubtful: set[TenantId] = field(default_factory=set)
    """Tenants of whose records not all were taken, or some by rules that no longer hold."""

    def take(self, landed: Sequence[tuple[ReadRecord, GroupId, int]], merged: Merged) -> None:
        """Take note of one step."""
        self.doubtful |= merged.outdated | {one.tenant for one in merged.refused}
        for source, group, alerts in landed:
            self.groups.setdefault(id(source), {})[group] = None
            self.alerts[id(source)] += alerts

    def of(self, one: ReadRecord, arrived: Arrived) -> tuple[Sequence[GroupId], int]:
        """The groups of a record, and its alerts in all of them; none of one that brought a heartbeat."""
        if one.tenant in self.doubtful or id(one) in arrived.records:
            return (), 0
        return tuple(self.groups.get(id(one), ())), self.alerts[id(one)]


class Folding:
    """Routes what was read, and merges it."""

    def __init__(
        self,
        tenants: ActiveTenants,
        merging: Regrouping,
        refused: RefusedAlerts,
        noting: Noting,
        landed: Landed | None = None,
    ) -> None:
        self._tenants = tenants
        self._merging = merging
        self._refused = refused
        self._noting = noting
        self._landed = landed

    async def fold(self, read: Sequence[ReadRecord], aside: Aside | None = None) -> list[ReadRecord]:
        """Fold all records; those of which a part is in a group that this program cannot read, each once.

        What has no room is set aside by `aside`, or before this ends.

        A record of which anything was routed by a configuration that has changed meanwhile is folded again, whole.

        Raises:
            RebuildError: Redis has lost a tenant's data.
            UnavailableError: Redis does not answer, or a tenant was removed.
        """
        arrived = await self._arrived(read)
        left = [portion for one in read for portion in await self._cut(one)]
        unreadable, changes, landings = set[int](), Counter[TenantId](), _Landings()
        while left:
            run, count = await self._next_run(left)
            merged = await self._merging.merge(list(run.work.values()))
            await self._set_aside(left[:count], merged.refused, aside)
            changes.update(merged.outdated)
            landings.take(run.landed, merged)
            if _ATTEMPTS in changes.values():
                raise UnavailableError("configurations change faster than alerts can be routed")
            places = [place for place in merged.unreadable if place[0] not in merged.outdated]
            unreadable |= {id(source) for place in places for source in run.sources.get(place, ())}
            left = await self._left(left[:count], left[count:], merged.outdated)
        await self._noting.note(arrived.seen)
        for one in read if self._landed else ():
            if id(one) not in unreadable and self._landed:
                self._landed(one, *landings.of(one, arrived))
        return [one for one in read if id(one) in unreadable]

    async def _set_aside(self, portions: Sequence[Portion], refused: Sequence[Refused], aside: Aside | None) -> None:
        if not refused:
            return
        step = self._refused.set_aside(portions, refused)
        if aside is None:
            await step
        else:
            tenants = {one.tenant for one in refused}
            sources = {id(one.body.source): one.body.source for one in portions}.values()
            aside([one.record for one in sources if one.tenant in tenants], step)

    async def _arrived(self, read: Sequence[ReadRecord]) -> Arrived:
        """The heartbeats of all records."""
        arrived = Arrived()
        for one in read:
            tenant = await self._tenants.known(one.tenant)
            if tenant is not None and tenant.heartbeats and arrived.take(tenant, one.seen.alerts, one.seen.observed):
                arrived.records.add(id(one))
        return arrived

    async def _next_run(self, portions: Sequence[Portion]) -> tuple[_Run, int]:
        """The first portions that can be merged in one step, and how many they are."""
        run, pace = _Run(), Pace()
        for count, one in enumerate(portions):
            if not run.has_room(one) or not run.add(one, await one.routed(pace)):
                return run, count
        return run, len(portions)

    async def _left(
        self, taken: Sequence[Portion], left: Sequence[Portion], outdated: Set[TenantId]
    ) -> list[Portion]:
        """What is still to be merged: first what must be cut by newer rules, then what follows from the rest."""
        again = dict.fromkeys(one.body for one in (*taken, *left) if one.body.tenant.tenant_id in outdated)
        portions = [portion for body in again for portion in await self._cut(body.source)]
        for one in taken:
            if one.is_last and one.body not in again:
                portions += await self._endings(one.body)
        return [*portions, *(one for one in left if one.body not in again)]

    async def _endings(self, body: Body) -> list[Portion]:
        """What a body by which all have ended means for the groups that it touched, once its alerts are in."""
        parts, portions = list(body.touched.values()), list[Portion]()
        for start in range(0, len(parts), GROUPS):
            some = parts[start : start + GROUPS]
            stored = await self._merging.groups.members(body.tenant.tenant_id, [part.key.group_id for part in some])
            for part, alerts in zip(some, stored, strict=True):
                portions += body.endings(part, alerts, RUN)
        return portions

    async def _cut(self, one: ReadRecord) -> list[Portion]:
        tenant = await self._tenants.known(one.tenant)
        if tenant is None:
            raise UnavailableError(f"tenant {one.tenant!r} was removed meanwhile")
        return Body(one, tenant).portions(RUN)
