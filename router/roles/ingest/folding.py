"""What was read, routed and merged run by run: no run holds one alert in two groupings, and none takes long."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from router.core.model.alert import AlertId, TenantId
from router.core.model.key import GroupKey
from router.core.model.tenant import ReceiverName, Tenant
from router.core.route.identity import identified
from router.core.route.tree import Assignment, assign
from router.core.route.turns import pieces
from router.errors import UnavailableError
from router.roles.ingest.merge import PIECE, Work
from router.roles.ingest.pace import Pace
from router.roles.ingest.read import ReadRecord
from router.roles.ingest.refused import RefusedAlerts
from router.roles.ingest.regroup import Regrouping
from router.roles.tenants import ActiveTenants

RUN: Final = 200
"""Alerts that are merged in one step: what one round trip to Redis holds."""
GROUPS: Final = 32
"""Alert groups that one step stores: many small ones cost more than many alerts of few."""
_ATTEMPTS: Final = 20

_Alert = tuple[TenantId, ReceiverName, AlertId]
_Place = tuple[TenantId, GroupKey]


@dataclass(slots=True)
class _Run:
    """Records to be merged in one step: what is to be merged where, and the records that it came from."""

    work: dict[_Place, Work] = field(default_factory=dict)
    sources: dict[_Place, list[ReadRecord]] = field(default_factory=dict)
    groups: dict[_Alert, set[GroupKey]] = field(default_factory=dict)
    alerts: int = 0

    def add(self, one: ReadRecord, tenant: Tenant, parts: Sequence[Assignment]) -> bool:
        """Take in one more record; not one that brings an alert of an earlier one in another group."""
        groups: dict[_Alert, set[GroupKey]] = {}
        for part in parts:
            for alert in part.seen.alerts:
                groups.setdefault((one.tenant, part.key.receiver, alert.alert_id), set()).add(part.key)
        if any(self.groups.get(alert, keys) != keys for alert, keys in groups.items()):
            return False
        self.groups |= groups
        self.alerts += len(one.seen.alerts)
        for part in parts:
            place = (one.tenant, part.key)
            self.work.setdefault(place, Work(tenant, part.key, part.timing)).add(part.seen)
            self.sources.setdefault(place, []).append(one)
        return True


class Folding:
    """Routes what was read, and merges it."""

    def __init__(self, tenants: ActiveTenants, merging: Regrouping, refused: RefusedAlerts) -> None:
        self._tenants = tenants
        self._merging = merging
        self._refused = refused

    async def fold(self, read: Sequence[ReadRecord]) -> list[ReadRecord]:
        """Fold all records; those of which a part is in a group that this program cannot read, each once.

        What was routed by a configuration that has changed meanwhile is routed once more.

        Raises:
            RebuildError: Redis has lost a tenant's data.
            UnavailableError: Redis does not answer, or a tenant was removed.
        """
        left, attempts, unreadable = list(self._portions(read)), 0, set[int]()
        while left:
            run, count = await self._next_run([portion for _, portion in left])
            merged = await self._merging.merge(list(run.work.values()))
            await self._refused.set_aside([portion for _, portion in left[:count]], merged.refused)
            attempts = attempts + 1 if merged.outdated else 0
            if attempts == _ATTEMPTS:
                raise UnavailableError("configurations change faster than alerts can be routed")
            places = [place for place in merged.unreadable if place[0] not in merged.outdated]
            refused = {id(one) for place in places for one in run.sources.get(place, ())}
            unreadable |= {source for source, portion in left[:count] if id(portion) in refused}
            again = [one for one in left[:count] if one[1].tenant in merged.outdated]
            left = [*again, *left[count:]]
        return [one for one in read if id(one) in unreadable]

    async def _next_run(self, portions: Sequence[ReadRecord]) -> tuple[_Run, int]:
        """The first portions that can be merged in one step, and how many they are."""
        run, pace = _Run(), Pace()
        for count, one in enumerate(portions):
            if count and (run.alerts + len(one.seen.alerts) > RUN or len(run.work) >= GROUPS):
                return run, count
            tenant = self._tenants.get(one.tenant)
            if tenant is None:
                raise UnavailableError(f"tenant {one.tenant!r} was removed meanwhile")
            parts: list[Assignment] = []
            for piece in pieces(tenant, one.seen, PIECE):
                parts += assign(tenant, piece)
                await pace.rest()
            if not run.add(one, tenant, parts):
                return run, count
        return run, len(portions)

    def _portions(self, read: Sequence[ReadRecord]) -> Iterator[tuple[int, ReadRecord]]:
        """Each record in portions that a run can hold, with the record's identity.

        Labels are ignored before it is cut: replicas of one alert may stand far apart in a body.
        """
        for one in read:
            tenant = self._tenants.get(one.tenant)
            seen = one.seen if tenant is None else identified(one.seen, tenant.ignored_labels)
            if len(seen.alerts) <= RUN:
                yield id(one), one if seen is one.seen else replace(one, seen=seen)
            else:
                yield from ((id(one), replace(one, seen=part)) for part in seen.chunks(RUN))
