"""Watches how full Redis is; when it is nearly full, the tenants that hold most of it get no more.

The last look holds while Redis does not answer. A gateway cannot tell a resolve from a new alert, and refuses both;
a worker takes known alerts and resolves in any case.
"""

from collections.abc import Iterable
from typing import Final

import structlog

from router.core.budget.memory import FOLD_AT, GATE_AT, SPENT_AT, WATCH_AT, Memory, largest
from router.core.model.alert import TenantId
from router.observe.incident import Incident
from router.ports.memory import StoredMemory
from router.roles.polling import poll

LOOK_S: Final = 0.5
"""Seconds between two looks at Redis' memory."""
STEP: Final = 4
"""Between two looks a large tenant may take this part of what is left to all: a fourth."""
_MANY: Final = 1 << 62


class MemoryWatch:
    """What is known of Redis' memory; `tenants` are those that may have stored something."""

    def __init__(self, stored: StoredMemory, tenants: Iterable[TenantId]) -> None:
        self._stored = stored
        self._tenants = tenants
        self._memory = Memory(0)
        self._largest: dict[TenantId, int] = {}
        self._short = Incident()
        self._log = structlog.get_logger("router.memory")

    async def watch(self) -> None:
        """Look again and again until cancelled."""
        await poll(LOOK_S, self.look, "memory_unknown")

    async def look(self) -> None:
        """Look once; who holds most is only asked for while memory may become short."""
        self._memory = await self._stored.memory()
        if not self._memory.is_above(WATCH_AT):
            self._largest = {}
        else:
            tenants = list(self._tenants)
            stored = await self._stored.sizes(tenants)
            sizes = {one: size.stored_bytes for one, size in zip(tenants, stored, strict=True)}
            self._largest = {one: sizes[one] for one in largest(sizes)}
        self._report()

    def refuses(self, tenant: TenantId) -> bool:
        """Whether a gateway takes nothing of the tenant now."""
        return tenant in self._largest and self._memory.is_above(GATE_AT)

    def bytes_for(self, tenant: TenantId) -> int:
        """The bytes that a tenant may have stored now: of the largest what they have, and a part of what is left."""
        if tenant not in self._largest:
            return _MANY
        return self._largest[tenant] + max(0, self._memory.left(FOLD_AT)) // STEP

    @property
    def is_short(self) -> bool:
        """Whether what need not be stored now is not."""
        return self._memory.is_above(GATE_AT)

    @property
    def is_spent(self) -> bool:
        """Whether Redis is so far beyond its limit that new alerts wait, whosever they are."""
        return self._memory.is_above(SPENT_AT)

    def _report(self) -> None:
        if not self.is_short:
            self._short.ends()
        elif self._short.happens(" ".join(sorted(self._largest))):
            self._log.error(
                "redis_memory_short",
                used=self._memory.used,
                limit=self._memory.limit,
                tenants=sorted(self._largest)[:10],
            )
