"""Alerts that inhibit others, in memory."""

from collections.abc import Collection

from router.core.model.alert import AlertId, TenantId
from router.core.model.instant import MILLISECOND, Instant
from router.core.model.key import GroupId
from router.core.model.rules.inhibit import RuleId, SourceKey, rule_of
from router.core.mute.inhibition import Source, Sources
from router.ports.state import StoreTransition
from tests.fakes.faults import Faulty, asked
from tests.fakes.store import FakeStore, TenantData, due_ms, reached_ms


class FakeSources(Faulty):
    """The sources of all tenants."""

    def __init__(self, store: FakeStore) -> None:
        super().__init__(store.faults)
        self._store = store

    @asked
    async def latest(self, tenant: TenantId, wanted: Collection[SourceKey]) -> Sources:
        known = self._store.tenants[tenant].sources
        return {key: _latest(known[key]) for key in wanted if known.get(key)}

    @asked
    async def keep_only(self, tenant: TenantId, rules: Collection[RuleId], now: Instant) -> None:
        data = self._store.tenants[tenant]
        for key in [key for key in data.sources if rule_of(key) not in rules]:
            del data.sources[key]
            _wake(data, key, reached_ms(now))


def _latest(members: dict[tuple[GroupId, AlertId], int]) -> Source:
    _, alert = last = max(members, key=lambda one: members[one])
    return Source(alert, Instant(members[last] * MILLISECOND))


def note_sources(data: TenantData, one: StoreTransition) -> None:
    """What a transition states of its alerts, and that it awaits the end of others."""
    group, now = one.before.key.group_id, reached_ms(one.now)
    for key in {*one.sources, *one.awaits}:
        members = data.sources[key]
        if key in one.sources:
            members |= {(group, alert): due_ms(until) for alert, until in one.sources[key].until.items()}
            for alert in one.sources[key].ended:
                members.pop((group, alert), None)
        data.sources[key] = {member: until for member, until in members.items() if until > now}
        if key in one.awaits:
            data.awaiting[key].add(group)
        if not data.sources[key]:
            _wake(data, key, now)


def _wake(data: TenantData, key: SourceKey, now: int) -> None:
    for group in data.awaiting.pop(key, set()):
        if group in data.due:
            data.due[group] = now
