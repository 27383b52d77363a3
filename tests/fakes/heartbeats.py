"""Heartbeats in memory, and what was observed."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from router.core.decide.heartbeat import HELD_FOR, Beat
from router.core.model.alert import TenantId
from router.core.model.instant import MILLISECOND, NEVER, SECOND, Instant
from router.core.pool import SHARED, Pool
from router.ports.heartbeats import Open, Taker
from tests.fakes.faults import Faulty, asked
from tests.fakes.store import FakeStore


def _cut(at: Instant) -> Instant:
    """As the engine stores it."""
    return Instant(at // MILLISECOND * MILLISECOND)


class FakeHeartbeats(Faulty):
    """The heartbeats of all tenants."""

    def __init__(self, store: FakeStore) -> None:
        super().__init__(store.faults)
        self._beats = store.beats

    @asked
    async def note(self, seen: Mapping[TenantId, Mapping[str, Instant]]) -> None:
        for tenant, beats in seen.items():
            for name, at in beats.items():
                before = self._beats[tenant].get(name, Beat(NEVER))
                self._beats[tenant][name] = replace(before, seen=max(before.seen, _cut(at)))

    @asked
    async def expect(self, tenant: TenantId, names: Sequence[str], now: Instant) -> None:
        for name in names:
            self._beats[tenant].setdefault(name, Beat(_cut(now)))

    @asked
    async def of(self, tenant: TenantId) -> Mapping[str, Beat]:
        return dict(self._beats[tenant])

    @asked
    async def note_missing(self, tenant: TenantId, name: str, since: Instant, now: Instant) -> None:
        before = self._beats[tenant][name]
        self._beats[tenant][name] = replace(before, missing_since=_cut(since), observed_at=_cut(now))

    @asked
    async def note_back(self, tenant: TenantId, name: str) -> None:
        self._beats[tenant][name] = Beat(self._beats[tenant][name].seen)

    @asked
    async def forget(self, tenant: TenantId, name: str) -> None:
        self._beats[tenant].pop(name, None)


class FakeObserving(Faulty):
    """What all processes together have observed."""

    def __init__(self, store: FakeStore, pool: Pool = SHARED) -> None:
        super().__init__(store.faults)
        self._store = store
        self._read: dict[str, Instant] = {}
        self._held: dict[TenantId, Instant] = {}
        self._open: dict[Taker, Open] = {}
        self._pool = pool

    @asked
    async def note_read(self, until: Mapping[str, Instant]) -> None:
        self._read |= {name: _cut(at) for name, at in until.items()}

    @asked
    async def read_until(self) -> Mapping[str, Instant]:
        return dict(self._read)

    @asked
    async def note_held(self, held: Mapping[TenantId, Instant], now: Instant) -> None:
        for tenant, at in held.items():
            self._held[tenant] = max(self._held.get(tenant, NEVER), _cut(at))

    @asked
    async def held(self, now: Instant) -> Collection[TenantId]:
        return {tenant for tenant, at in self._held.items() if at >= _cut(Instant(now - HELD_FOR))}

    @asked
    async def note_open(self, taker: Taker, now: Instant) -> None:
        before = self._open.get(taker)
        goes_on = before is not None and now - before.until <= 10 * SECOND
        self._open[taker] = Open(before.since if before is not None and goes_on else _cut(now), _cut(now))

    @asked
    async def open(self) -> Mapping[Taker, Open]:
        return dict(self._open)

    @asked
    async def lead(self, seconds: float) -> bool:
        now = self._store.clock.time
        if now < self._store.watched_until.get(self._pool, NEVER):
            return False
        self._store.watched_until[self._pool] = Instant(now + round(seconds * SECOND))
        return True
