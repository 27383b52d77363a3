"""Books, counters, marks and the outbox in memory."""

from collections.abc import Mapping, Sequence
from typing import Final

from router.core.model.alert import TenantId
from router.core.model.event import Numbered
from router.core.model.instant import Instant, Span
from router.errors import UnavailableError
from router.ports.marks import MARK_SLOTS, Standing
from router.ports.state import OutboxEntry
from tests.fakes.faults import Faulty, asked
from tests.fakes.store import FakeStore

_BATCH: Final = 200


class FakeBooks(Faulty):
    """The books of all tenants; transitions add to them as they are stored."""

    def __init__(self, store: FakeStore) -> None:
        super().__init__(store.faults)
        self._store = store

    @asked
    async def read(self, tenant: TenantId) -> dict[str, int]:
        return dict(self._store.tenants[tenant].books)

    @asked
    async def count(self, tenant: TenantId, counter: str, by: int) -> None:
        self._store.tenants[tenant].books[counter] += by


class FakeMarks(Faulty):
    """By which version of its configuration everything live of a tenant was routed."""

    def __init__(self, store: FakeStore) -> None:
        super().__init__(store.faults)
        self._store = store

    @asked
    async def routed(self, tenants: Sequence[TenantId]) -> list[int | None]:
        away = self._store.unanswered
        return [None if tenant in away else self._store.tenants[tenant].routed for tenant in tenants]

    @asked
    async def note_routed(self, tenant: TenantId, version: int) -> None:
        self._store.tenants[tenant].routed = version


class FakeNotices(Faulty):
    """What tenants were notified of."""

    def __init__(self, store: FakeStore) -> None:
        super().__init__(store.faults)
        self._clock = store.clock
        self._until: dict[tuple[TenantId, str], int] = {}

    @asked
    async def first(self, tenant: TenantId, subject: str, span: Span) -> bool:
        if self._until.get((tenant, subject), 0) > self._clock.time:
            return False
        self._until[tenant, subject] = self._clock.time + span
        return True

    @asked
    async def note(self, tenant: TenantId, subject: str, span: Span) -> None:
        self._until[tenant, subject] = self._clock.time + span

    @asked
    async def forget(self, tenant: TenantId, subject: str) -> None:
        self._until.pop((tenant, subject), None)


class FakeGroupMarks(Faulty):
    """How tenants stand, and duplicates of several of them."""

    def __init__(self, store: FakeStore) -> None:
        super().__init__(store.faults)
        self._store = store

    @asked
    async def standings(self, tenants: Sequence[TenantId]) -> list[Standing | None]:
        return [None if tenant in self._store.unanswered else self._standing(tenant) for tenant in tenants]

    def _standing(self, tenant: TenantId) -> Standing | None:
        data = self._store.tenants[tenant]
        marks = "".join(f"{data.marks.get(slot, 0):08x}" for slot in range(MARK_SLOTS))
        return Standing("1", data.active, marks) if data.epoch else None

    async def count_duplicates(self, alerts: Mapping[TenantId, int]) -> set[TenantId]:
        try:
            return await self._counted(alerts)
        except UnavailableError:
            return set(alerts)

    @asked
    async def _counted(self, alerts: Mapping[TenantId, int]) -> set[TenantId]:
        away = self._store.unanswered & alerts.keys()
        for tenant in alerts.keys() - away:
            self._store.tenants[tenant].books.update(accepted=alerts[tenant], duplicates=alerts[tenant])
        return away


class FakeOutbox(Faulty):
    """Events that are not in Kafka yet, in the order in which they were stored."""

    def __init__(self, store: FakeStore) -> None:
        super().__init__(store.faults)
        self._store = store

    @asked
    async def read(self, tenant: TenantId) -> list[OutboxEntry]:
        return self._store.tenants[tenant].outbox[:_BATCH]

    @asked
    async def remove(self, tenant: TenantId, entries: Sequence[str]) -> None:
        data = self._store.tenants[tenant]
        data.outbox = [one for one in data.outbox if one.entry not in entries]

    @asked
    async def waiting(self, tenants: Sequence[TenantId]) -> int:
        return sum(len(self._store.tenants[one].outbox) for one in tenants)

    @asked
    async def last(self, tenant: TenantId) -> Numbered | None:
        data = self._store.tenants[tenant]
        return Numbered(Instant(data.events_since), data.events) if data.events else None
