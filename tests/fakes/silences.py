"""Tenants' silences in memory."""

from collections.abc import Collection, Sequence

from router.core.model.alert import TenantId
from router.core.model.rules.silence import Silence
from tests.fakes.faults import Faulty, asked
from tests.fakes.store import FakeStore


class FakeSilences(Faulty):
    """All silences, also those that are over."""

    def __init__(self, store: FakeStore) -> None:
        super().__init__(store.faults)
        self._store = store

    @asked
    async def all_of(self, tenant: TenantId) -> list[Silence]:
        silences = self._store.tenants[tenant].silences
        return [silences[one] for one in sorted(silences)]

    @asked
    async def store(self, tenant: TenantId, silences: Sequence[Silence], forgotten: Collection[str]) -> None:
        stored = self._store.tenants[tenant].silences
        stored.update({one.silence_id: one for one in silences})
        for one in forgotten:
            stored.pop(one, None)
        self._store.announce(tenant)

    @asked
    async def forget(self, tenant: TenantId, ids: Collection[str]) -> int:
        stored = self._store.tenants[tenant].silences
        return sum(stored.pop(one, None) is not None for one in ids)
