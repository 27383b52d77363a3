"""Redis' memory as a test says it is, and what tenants have stored as the fake store counts it."""

from collections.abc import Sequence

from router.core.budget.memory import Memory
from router.core.model.alert import TenantId
from router.core.model.rules.limits import Caps
from tests.fakes.faults import Faulty, asked
from tests.fakes.store import FakeStore


class FakeMemory(Faulty):
    """`used` is what Redis uses; `stored` stands in for what some tenants have stored.

    Each of `parts` is alone on a node of a cluster, with a memory of its own; the others are on the one of `used`.
    """

    def __init__(self, store: FakeStore) -> None:
        super().__init__(store.faults)
        self._store = store
        self.used = Memory(0)
        self.stored: dict[TenantId, Caps] = {}
        self.parts: dict[TenantId, Memory] = {}

    @asked
    async def memory(self) -> dict[str, Memory]:
        return {"": self.used} | {str(tenant): memory for tenant, memory in self.parts.items()}

    def part_of(self, tenant: TenantId) -> str:
        return tenant if tenant in self.parts else ""

    @asked
    async def sizes(self, tenants: Sequence[TenantId]) -> list[Caps | None]:
        return [None if one in self._store.unanswered else self._size(one) for one in tenants]

    def _size(self, tenant: TenantId) -> Caps:
        return self.stored.get(tenant) or self._store.tenants[tenant].size()
