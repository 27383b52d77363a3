"""Watches how full Redis is; when it is nearly full, the tenants that hold most of it get no more.

The last look holds while Redis does not answer. A gateway cannot tell a resolve from a new alert, and refuses both;
a worker takes known alerts and resolves in any case.
"""

from collections.abc import Iterable
from typing import Final

import structlog

from router.core.budget.memory import FOLD_AT, GATE_AT, Memory, largest
from router.core.model.alert import TenantId
from router.observe.incident import Incident
from router.ports.memory import StoredMemory
from router.roles.polling import poll

LOOK_S: Final = 1.0
"""Seconds between two looks at Redis' memory."""


class MemoryWatch:
    """What is known of Redis' memory; `tenants` are those that may have stored something."""

    def __init__(self, stored: StoredMemory, tenants: Iterable[TenantId]) -> None:
        self._stored = stored
        self._tenants = tenants
        self._memory = Memory(0)
        self._largest = frozenset[TenantId]()
        self._short = Incident()
        self._log = structlog.get_logger("router.memory")

    async def watch(self) -> None:
        """Look again and again until cancelled."""
        await poll(LOOK_S, self.look, "memory_unknown")

    async def look(self) -> None:
        """Look once; who holds most is only asked for while memory is short."""
        self._memory = await self._stored.memory()
        if not self._memory.is_above(GATE_AT):
            self._largest = frozenset()
            self._short.ends()
            return
        tenants = list(self._tenants)
        sizes = await self._stored.sizes(tenants)
        self._largest = largest({one: size.stored_bytes for one, size in zip(tenants, sizes, strict=True)})
        if self._short.happens(" ".join(sorted(self._largest))):
            self._log.error(
                "redis_memory_short",
                used=self._memory.used,
                limit=self._memory.limit,
                tenants=sorted(self._largest)[:10],
            )

    def refuses(self, tenant: TenantId) -> bool:
        """Whether a gateway takes nothing of the tenant now."""
        return tenant in self._largest

    def is_full_for(self, tenant: TenantId) -> bool:
        """Whether a worker takes no new alerts of the tenant now."""
        return self.is_full and tenant in self._largest

    @property
    def is_full(self) -> bool:
        """Whether what need not be stored now is not."""
        return self._memory.is_above(FOLD_AT)
