"""Redis' memory as a test says it is, and what tenants have stored as the fake store counts it."""

from collections.abc import Sequence

from router.core.budget.memory import Memory
from router.core.model.alert import TenantId
from router.core.model.tenant import Caps
from tests.fakes.faults import Faulty, asked
from tests.fakes.store import FakeStore


class FakeMemory(Faulty):
    """`used` is what Redis uses; `stored` stands in for what some tenants have stored."""

    def __init__(self, store: FakeStore) -> None:
        super().__init__(store.faults)
        self._store = store
        self.used = Memory(0)
        self.stored: dict[TenantId, Caps] = {}

    @asked
    async def memory(self) -> dict[str, Memory]:
        return {"": self.used}

    def part_of(self, tenant: TenantId) -> str:
        return ""

    @asked
    async def sizes(self, tenants: Sequence[TenantId]) -> list[Caps | None]:
        return [self.stored.get(one) or self._store.tenants[one].size() for one in tenants]
