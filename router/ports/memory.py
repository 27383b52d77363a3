"""How full Redis is, and by whom."""

from collections.abc import Sequence
from typing import Protocol

from router.core.budget.memory import Memory
from router.core.model.alert import TenantId
from router.core.model.tenant import Caps


class StoredMemory(Protocol):
    """Redis' memory, and what tenants have stored there."""

    async def memory(self) -> Memory:
        """What Redis uses of its limit."""

    async def sizes(self, tenants: Sequence[TenantId]) -> list[Caps]:
        """What each tenant has stored: alerts that fire, groups that are not closed, bytes of all groups."""
