"""Watches how full Redis is; when it is nearly full, the tenants that hold most of it get no more.

The last look holds while Redis does not answer. A gateway cannot tell a resolve from a new alert, and refuses both;
a worker takes known alerts and resolves in any case.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Final

import structlog

from router.core.budget.memory import FOLD_AT, GATE_AT, SPENT_AT, WATCH_AT, Memory, largest
from router.core.model.alert import TenantId
from router.observe.incident import Incident
from router.observe.metrics import Metrics
from router.ports.memory import StoredMemory
from router.roles.polling import poll

LOOK_S: Final = 0.5
"""Seconds between two looks at Redis' memory."""
STEP: Final = 4
"""Between two looks a large tenant may take this part of what is left to all: a fourth."""
_MANY: Final = 1 << 62


class MemoryWatch:
    """What is known of Redis' memory; `tenants` are those that may have stored something."""

    def __init__(self, stored: StoredMemory, tenants: Iterable[TenantId], metrics: Metrics) -> None:
        self._stored = stored
        self._tenants = tenants
        self._metrics = metrics
        self._memory: Mapping[str, Memory] = {}
        self._largest: dict[TenantId, int] = {}
        self._short = Incident()
        self._log = structlog.get_logger("router.memory")

    async def watch(self) -> None:
        """Look again and again until cancelled."""
        await poll(LOOK_S, self.look, "memory_unknown")

    async def look(self) -> None:
        """Look once; who holds most of a server is only asked for while its memory may become short."""
        self._memory = await self._stored.memory()
        self._measure()
        tight = {part for part, memory in self._memory.items() if memory.is_above(WATCH_AT)}
        sizes = await self._sizes(tight) if tight else {}
        self._largest = {one: size for mine in sizes.values() for one, size in mine.items() if one in largest(mine)}
        self._report()

    def _measure(self) -> None:
        measured, servers = self._metrics.redis, self._memory.values()
        measured.part_used.set(max(one.part_used for one in servers))
        measured.evicting.set(sum(one.evicts for one in servers))
        measured.unsaved.set(sum(not one.appends for one in servers))

    async def _sizes(self, parts: Collection[str]) -> dict[str, dict[TenantId, int]]:
        """What tenants have stored on each of these servers."""
        tenants = [one for one in self._tenants if self._stored.part_of(one) in parts]
        found: dict[str, dict[TenantId, int]] = {}
        for one, size in zip(tenants, await self._stored.sizes(tenants), strict=True):
            if size is not None:
                found.setdefault(self._stored.part_of(one), {})[one] = size.stored_bytes
        return found

    def _of(self, tenant: TenantId) -> Memory:
        """The memory of the server that has a tenant's data; one that does not answer is not known to be short."""
        return self._memory.get(self._stored.part_of(tenant), Memory(0))

    def refuses(self, tenant: TenantId) -> bool:
        """Whether a gateway takes nothing of the tenant now."""
        return tenant in self._largest and self._of(tenant).is_above(GATE_AT)

    def bytes_for(self, tenant: TenantId) -> int:
        """The bytes that a tenant may have stored now: of the largest what they have, and a part of what is left."""
        if tenant not in self._largest:
            return _MANY
        return self._largest[tenant] + max(0, self._of(tenant).left(FOLD_AT)) // STEP

    def is_short(self, tenant: TenantId) -> bool:
        """Whether what need not be stored for the tenant now is not."""
        return self._of(tenant).is_above(GATE_AT)

    def is_spent(self, tenant: TenantId) -> bool:
        """Whether Redis is so far beyond its limit, where the tenant's data is, that new alerts wait."""
        return self._of(tenant).is_above(SPENT_AT)

    def _report(self) -> None:
        short = [(name, memory) for name, memory in self._memory.items() if memory.is_above(GATE_AT)]
        if not short:
            self._short.ends()
        elif self._short.happens(" ".join(sorted(self._largest))):
            for name, memory in short:
                self._log.error(
                    "redis_memory_short",
                    node=name,
                    used=memory.used,
                    limit=memory.limit,
                    tenants=sorted(self._largest)[:10],
                )
