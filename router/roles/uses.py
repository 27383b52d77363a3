"""Which tenants this process has to do with: who dies with their work in hand is found out by it."""

import asyncio

from router.core.model.alert import TenantId


class Uses:
    """Tenants whose rules were needed, each once until somebody asks for all of them."""

    def __init__(self) -> None:
        self._all: set[TenantId] = set()
        self._fresh: list[TenantId] = []
        self._news = asyncio.Event()

    def note(self, tenant: TenantId) -> None:
        """The tenant's rules were needed."""
        if tenant not in self._all:
            self._all.add(tenant)
            self._fresh.append(tenant)
            self._news.set()

    async def fresh(self) -> list[TenantId]:
        """Wait for a tenant that was not needed before, and give all of these."""
        await self._news.wait()
        self._news.clear()
        fresh, self._fresh = self._fresh, []
        return fresh

    def all(self) -> set[TenantId]:
        """Whose rules were needed since this was asked the last time."""
        found, self._all = self._all, set()
        return found
