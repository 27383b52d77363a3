"""Due times, lanes and turns in memory."""

from collections.abc import Mapping, Sequence

from router.core.model.alert import TenantId
from router.core.model.group import AlertGroup
from router.core.model.instant import MILLISECOND, NEVER, Instant
from router.core.model.key import GroupId
from router.core.model.operation import Lane
from router.core.model.phase import Parked
from router.core.pool import Pool
from router.ports.pools import ONE_POOL, Pools
from router.ports.schedule import DueWork, Leftover
from tests.fakes.faults import Faulty, asked
from tests.fakes.store import FakeStore, TenantData, due_ms, in_order, reached_ms


class FakeSchedule(Faulty):
    """The schedules of all tenants, on the same store as their groups."""

    def __init__(self, store: FakeStore) -> None:
        super().__init__(store.faults)
        self._store = store

    @asked
    async def due(self, tenant: TenantId, now: Instant, limit: int) -> DueWork:
        data = self._store.tenants[tenant]
        reached = [member for member in in_order(data.due) if data.due[member] <= reached_ms(now)][:limit]
        return _sorted_out(reached)

    @asked
    async def next_due(self, tenants: Sequence[TenantId]) -> list[Instant | None]:
        away = self._store.unanswered
        return [None if tenant in away else self._store.tenants[tenant].next_due for tenant in tenants]

    @asked
    async def heads(self, tenant: TenantId, lanes: Sequence[Lane], count: int = 1) -> list[Sequence[GroupId]]:
        return [in_order(self._store.tenants[tenant].lanes[lane])[:count] for lane in lanes]

    @asked
    async def depths(self, lanes: Sequence[tuple[TenantId, Lane]]) -> list[int]:
        away = self._store.unanswered
        return [0 if tenant in away else len(self._store.tenants[tenant].lanes[lane]) for tenant, lane in lanes]

    @asked
    async def try_lane_at(self, tenant: TenantId, lane: Lane, at: Instant) -> None:
        due = self._store.tenants[tenant].due
        if lane in due:
            due[lane] = due_ms(at)

    @asked
    async def drop_from_lane(self, tenant: TenantId, lane: Lane, group: GroupId | None) -> None:
        data = self._store.tenants[tenant]
        if group is None:
            if not data.lanes[lane]:
                data.due.pop(lane, None)
        elif not data.is_queued(group, lane):
            data.lanes[lane].pop(group, None)

    @asked
    async def drop_due(self, tenant: TenantId, group: GroupId) -> None:
        data = self._store.tenants[tenant]
        if group not in data.groups:
            data.due.pop(group, None)

    @asked
    async def postpone(self, tenant: TenantId, group: GroupId, lane: Lane | None, at: Instant) -> None:
        data = self._store.tenants[tenant]
        if lane is not None:
            data.lanes[lane].pop(group, None)
        data.due[group] = due_ms(at)

    @asked
    async def lanes(self, tenant: TenantId) -> list[Lane]:
        return list(_sorted_out(in_order(self._store.tenants[tenant].due)).lanes)

    @asked
    async def live(self, tenant: TenantId) -> list[GroupId]:
        data = self._store.tenants[tenant]
        due = _sorted_out(in_order(data.due))
        return list(dict.fromkeys([*due.groups, *(one for lane in due.lanes for one in in_order(data.lanes[lane]))]))


class FakeTurns(Faulty):
    """Whose turn it is, in each pool."""

    def __init__(self, store: FakeStore, pools: Pools = ONE_POOL) -> None:
        super().__init__(store.faults)
        self._store = store
        self._pools = pools
        self._served = store.served

    def _of(self, pool: Pool) -> dict[TenantId, int]:
        return self._store.turns_of_pools.setdefault(pool, {}) if pool else self._store.turns

    @asked
    async def take(self, now: Instant) -> tuple[TenantId | None, Instant]:
        turns = self._of(self._pools.here)
        if not turns:
            return None, NEVER
        first = in_order(turns)[0]
        if turns[first] > reached_ms(now):
            return None, Instant(turns[first] * MILLISECOND)
        del turns[first]
        self._served[first] = reached_ms(now)
        return first, NEVER

    @asked
    async def offer(self, turns: Mapping[TenantId, Instant]) -> None:
        for tenant, at in turns.items():
            if at != NEVER:
                known = self._of(self._pools.of(tenant))
                known[tenant] = min(known.get(tenant, due_ms(at)), due_ms(at))

    @asked
    async def note_served(self, tenants: Sequence[TenantId], now: Instant) -> None:
        self._served.update(dict.fromkeys(tenants, reached_ms(now)))

    @asked
    async def served_since(self, at: Instant) -> list[TenantId]:
        for tenant in [one for one, then in self._served.items() if then < reached_ms(at)]:
            del self._served[tenant]
        return in_order(self._served)


class FakeLeftovers(Faulty):
    """What is left to do for tenants."""

    def __init__(self, store: FakeStore) -> None:
        super().__init__(store.faults)
        self._store = store

    @asked
    async def of(self, tenants: Sequence[TenantId]) -> list[Leftover | None]:
        away = self._store.unanswered
        return [None if tenant in away else _leftover(self._store.tenants[tenant]) for tenant in tenants]


def _leftover(data: TenantData) -> Leftover:
    if not data.due:
        return Leftover(NEVER, bool(data.outbox), 0, not data.epoch)
    groups = [one for one in data.groups.values() if isinstance(one, AlertGroup)]
    return Leftover(
        next_due=data.next_due,
        has_events=bool(data.outbox),
        routed=data.routed,
        is_lost=not data.epoch,
        pending=data.books["pending"],
        parked=sum(isinstance(one.phase, Parked) for one in groups),
        absorbing=sum(one.digest is not None and one.digest.lane is not None for one in groups),
    )


def _sorted_out(members: Sequence[GroupId | Lane]) -> DueWork:
    lanes = tuple(member for member in members if isinstance(member, Lane))
    return DueWork(tuple(member for member in members if not isinstance(member, Lane)), lanes)
