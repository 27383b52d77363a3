"""Stored alert groups in memory, compared and set; a transition moves due times and lanes along with the state."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from router.core.digest.share import Share
from router.core.model.alert import AlertId, TenantId
from router.core.model.alert_state import AlertState
from router.core.model.group import AlertGroup
from router.core.model.instant import MILLISECOND, NEVER
from router.core.model.key import GroupId, GroupKey
from router.core.model.operation import Lane
from router.core.model.phase import Queued, Sending
from router.core.model.rules.names import ReceiverName
from router.ports.events import event_key, with_number, write_event
from router.ports.marks import slot_of
from router.ports.state import (
    MAX_EVENTS_WAITING,
    ApplyResult,
    Loaded,
    NextDue,
    OutboxEntry,
    StoreTransition,
    UnknownForm,
)
from tests.fakes.counts import note_counts
from tests.fakes.faults import Faulty, asked
from tests.fakes.sources import note_sources
from tests.fakes.store import FakeStore, TenantData, due_ms, reached_ms
from tests.fakes.surroundings import note_surroundings

_MOST_GROUPS = 8


class FakeGroups(Faulty):
    """The alert groups of all tenants."""

    def __init__(self, store: FakeStore) -> None:
        super().__init__(store.faults)
        self._store = store

    @asked
    async def ids(self, tenant: TenantId, after: GroupId, count: int) -> list[GroupId]:
        return sorted(one for one in self._store.tenants[tenant].groups if one > after)[:count]

    @asked
    async def load(self, tenant: TenantId, ids: Sequence[GroupId]) -> list[Loaded | None]:
        return [self._store.tenants[tenant].groups.get(group) for group in ids]

    @asked
    async def load_parts(self, wanted: Sequence[tuple[TenantId, GroupKey, Sequence[AlertId]]]) -> list[Loaded]:
        return [self._part(*one) for one in wanted]

    @asked
    async def find_parts(self, wanted: Sequence[tuple[TenantId, GroupId, Sequence[AlertId]]]) -> list[Loaded | None]:
        stored = [(self._store.tenants[tenant].groups.get(group), alerts) for tenant, group, alerts in wanted]
        return [_with_only(group, alerts) if isinstance(group, AlertGroup) else group for group, alerts in stored]

    @asked
    async def members(self, tenant: TenantId, ids: Sequence[GroupId]) -> list[Sequence[AlertId]]:
        groups = [self._store.tenants[tenant].groups.get(group) for group in ids]
        return [list(group.alerts) if isinstance(group, AlertGroup) else [] for group in groups]

    @asked
    async def firing_in(
        self, wanted: Sequence[tuple[TenantId, ReceiverName, Sequence[AlertId]]]
    ) -> list[Mapping[AlertId, Sequence[GroupId]]]:
        indexes = [(self._store.tenants[tenant].where[receiver], alerts) for tenant, receiver, alerts in wanted]
        return [{alert: list(index[alert]) for alert in alerts if index.get(alert)} for index, alerts in indexes]

    @asked
    async def shares(
        self, tenant: TenantId, digest: AlertGroup, groups: Sequence[GroupId]
    ) -> Mapping[GroupId, Share]:
        known = self._store.tenants[tenant].shares[digest.key.group_id, digest.digest.life if digest.digest else 0]
        return {group: known[group] for group in groups if group in known}

    @asked
    async def apply(self, transitions: Sequence[StoreTransition]) -> tuple[list[ApplyResult], NextDue]:
        answers = [self._apply(one) for one in transitions]
        stored = [one.tenant for one, answer in zip(transitions, answers, strict=True) if answer is ApplyResult.OK]
        return answers, {tenant: self._store.tenants[tenant].next_due for tenant in stored}

    def _apply(self, one: StoreTransition) -> ApplyResult:
        data = self._store.tenants[one.tenant]
        answer = _apply(data, one)
        if answer is ApplyResult.OK:
            self._mark(data, one)
        return answer

    def _mark(self, data: TenantData, one: StoreTransition) -> None:
        group = one.before.key.group_id
        if not one.body or data.bodies.get(group) != one.body:
            self._store.changes += 1
            data.marks[slot_of(group)] = self._store.changes
            if one.body:
                data.bodies[group] = one.body

    def _part(self, tenant: TenantId, key: GroupKey, wanted: Sequence[AlertId]) -> Loaded:
        stored = self._store.tenants[tenant].groups.get(key.group_id, AlertGroup(key))
        if isinstance(stored, UnknownForm):
            return stored
        return _with_only(stored, wanted)


def _with_only(group: AlertGroup, wanted: Sequence[AlertId]) -> AlertGroup:
    return replace(group, alerts={fp: alert for fp, alert in group.alerts.items() if fp in wanted})


def _apply(data: TenantData, one: StoreTransition) -> ApplyResult:
    if not data.epoch:
        return ApplyResult.REBUILD
    if one.config_version is not None and one.config_version != data.active:
        return ApplyResult.RELOAD
    if one.begins_call and (data.is_held or data.unproven):
        return ApplyResult.HELD
    group = one.before.key.group_id
    stored = data.groups.get(group)
    if isinstance(stored, UnknownForm) or (stored.rev if stored else 0) != one.before.rev:
        return ApplyResult.CONFLICT
    if one.caps is not None and _exceeds(data, stored, one):
        return ApplyResult.FULL
    data.groups[group] = _merged(stored, one)
    _index(data, one)
    _move(data, one)
    _share(data, one)
    note_sources(data, one)
    note_surroundings(data, one)
    note_counts(data, one)
    data.books.update(one.transition.entry.fields())
    _note_events(data, one)
    return ApplyResult.OK


def _exceeds(data: TenantData, stored: AlertGroup | None, one: StoreTransition) -> bool:
    assert one.caps is not None
    before, group = data.size(), one.before.key.group_id
    kept = dict(data.groups)
    data.groups[group] = _merged(stored, one)
    after = data.size()
    data.groups = kept
    pairs = [(getattr(before, name), getattr(after, name), getattr(one.caps, name)) for name in one.caps.__slots__]
    return any(then > first and then > most for first, then, most in pairs)


def _merged(stored: AlertGroup | None, one: StoreTransition) -> AlertGroup:
    """Alerts that were not loaded, and those that did not change, stay as they are stored."""
    before, after = one.before, one.transition.after
    alerts = dict(stored.alerts) if stored else {}
    for fingerprint, alert in after.alerts.items():
        if before.alerts.get(fingerprint) is not alert:
            old, loaded = alerts.get(fingerprint, AlertState()), before.alerts.get(fingerprint, AlertState())
            is_forgotten = alert.content is None and loaded.content is not None
            alerts[fingerprint] = replace(alert, content=None if is_forgotten else alert.content or old.content)
    for fingerprint in before.alerts.keys() - after.alerts.keys():
        alerts.pop(fingerprint, None)
    return replace(after, rev=before.rev + 1, alerts=alerts)


def _index(data: TenantData, one: StoreTransition) -> None:
    """In which groups of the receiver each alert is not over."""
    before, after, key = one.before.alerts, one.transition.after.alerts, one.before.key
    index = data.where[key.receiver]
    for alert in before.keys() | after.keys():
        groups = index.setdefault(alert, [])
        fired, fires = (alert in side and side[alert].is_open for side in (before, after))
        if fires and not fired and key.group_id not in groups and len(groups) < _MOST_GROUPS:
            groups.append(key.group_id)
        if fired and not fires and key.group_id in groups:
            groups.remove(key.group_id)


def _share(data: TenantData, one: StoreTransition) -> None:
    """What a digest counts of its groups."""
    after = one.transition.after
    if after.digest is not None:
        known = data.shares[after.key.group_id, after.digest.life]
        known |= {group: share for group, share in one.transition.shares.items() if share}
        for group in [group for group, share in one.transition.shares.items() if not share]:
            known.pop(group, None)


@dataclass(frozen=True)
class _Lanes:
    """The lane of a call that is over, the one that the group leaves, and the one that it enters."""

    freed: Lane | None
    left: Lane | None
    entered: Lane | None

    @classmethod
    def of(cls, before: AlertGroup, after: AlertGroup) -> "_Lanes":
        was, then = before.phase, after.phase
        goes_on = isinstance(was, Sending) and isinstance(then, Sending) and was.lease == then.lease
        return cls(
            freed=was.lane if isinstance(was, Sending) and not goes_on else None,
            left=was.lane if isinstance(was, Queued) else None,
            entered=then.lane if isinstance(then, Queued) else None,
        )


def _move(data: TenantData, one: StoreTransition) -> None:
    group, after = one.before.key.group_id, one.transition.after
    lanes, now = _Lanes.of(one.before, after), reached_ms(one.now)
    asked_at = due_ms(one.transition.lane_at) if one.transition.lane_at != NEVER else None
    if after.phase.due == NEVER:
        data.due.pop(group, None)
    elif not one.leaves_due:
        data.due[group] = due_ms(after.phase.due)
    else:
        data.due.setdefault(group, due_ms(after.phase.due))
    gone = lanes.freed or lanes.left
    if gone is not None and gone != lanes.entered:
        data.lanes[gone].pop(group, None)
        _look_at(data, gone, now if asked_at is None else asked_at)
    if isinstance(after.phase, Queued):
        queued = after.phase
        data.lanes[queued.lane][group] = (queued.rank, queued.tries.since // MILLISECOND)
        _look_at(data, queued.lane, _entered_at(lanes, asked_at, now), at_latest=now)
    _stand(data, one, now)


def _stand(data: TenantData, one: StoreTransition, now: int) -> None:
    """A digest stands at the front of the lane that it absorbs from."""
    after, digest = one.transition.after, one.before.key.group_id
    stood = one.before.digest.lane if one.before.digest else None
    if after.digest is not None and after.digest.lane is not None:
        data.lanes[after.digest.lane][digest] = (-1, 0)
        _look_at(data, after.digest.lane, None, at_latest=now)
    elif stood is not None and not (isinstance(after.phase, Queued) and after.phase.lane == stood):
        data.lanes[stood].pop(digest, None)
        _look_at(data, stood, now)


def _entered_at(lanes: _Lanes, asked_at: int | None, now: int) -> int | None:
    """When the lane that is entered is to be looked at; None leaves that as it is."""
    if lanes.freed is not None and lanes.freed != lanes.entered:
        return None
    return now if asked_at is None and lanes.freed is not None else asked_at


def _look_at(data: TenantData, lane: Lane, at: int | None, at_latest: int = 0) -> None:
    """An empty lane is not looked at; one that nobody looks at yet is looked at now."""
    if not data.lanes[lane]:
        data.due.pop(lane, None)
    elif at is not None:
        data.due[lane] = at
    else:
        data.due.setdefault(lane, at_latest)


def _note_events(data: TenantData, one: StoreTransition) -> None:
    for event in one.transition.events:
        data.events += 1
        version = one.transition.after.config_version
        body = write_event(event, one.tenant, one.before.key, version, data.events)
        data.events_since = data.events_since or one.now
        numbered = with_number(body, data.events_since, data.events)
        data.outbox.append(OutboxEntry(str(data.events), event_key(one.tenant, one.before.key), numbered))
    if len(data.outbox) > MAX_EVENTS_WAITING:
        data.books["events_dropped"] += len(data.outbox) - MAX_EVENTS_WAITING
        data.outbox = data.outbox[-MAX_EVENTS_WAITING:]
