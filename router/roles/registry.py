"""Tenants' rules in memory: loaded before work is taken, kept when Redis is away, a second behind at most.

A document that cannot be read, say one of a later version, leaves the last good one in force.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from typing import Final

import structlog

from router.config import stored
from router.config.compiler import compile_tenant
from router.core.alert import TenantId
from router.core.tenant import Tenant
from router.errors import ConfigurationError, UnavailableError
from router.ports import ActiveDocument, Tenants

_POLL_S: Final = 0.3

OnChange = Callable[[TenantId], Awaitable[None]]


class Registry:
    """The active configuration of every tenant."""

    def __init__(self, tenants: Tenants) -> None:
        self._repository = tenants
        self._active: dict[TenantId, Tenant] = {}
        self._documents: dict[TenantId, ActiveDocument] = {}
        self._sequence = 0
        self._log = structlog.get_logger("router.registry")
        self.loaded = False

    async def load(self) -> None:
        """Load all that has changed since the last time: at the start, everything."""
        changed, newest = await self._repository.changed_since(self._sequence)
        for tenant in changed:
            await self.refresh(tenant)
        self._sequence = newest
        self.loaded = True

    async def watch(self, on_change: OnChange) -> None:
        """Follow changes until cancelled; Redis being away changes nothing."""
        announced = dict(self._active)
        while True:
            await asyncio.sleep(_POLL_S)
            try:
                await self.load()
                for tenant, rules in list(self._active.items()):
                    if announced.get(tenant) is not rules:
                        await on_change(tenant)
                        announced[tenant] = rules
            except UnavailableError as error:
                self._log.warning("configuration_unreachable", error=str(error))

    async def refresh(self, tenant: TenantId) -> Tenant | None:
        """Ask Redis for a tenant's active configuration; None if it has none."""
        document = await self._repository.active(tenant)
        if document is None:
            return None
        if self._documents.get(tenant) != document:
            self._documents[tenant] = document
            self._take_in(document)
        return self._active.get(tenant)

    async def find(self, tenant: TenantId) -> Tenant | None:
        """A tenant's rules; Redis is asked before a tenant is called unknown."""
        return self._active.get(tenant) or await self.refresh(tenant)

    def get(self, tenant: TenantId) -> Tenant | None:
        """A tenant's rules as they are in memory."""
        return self._active.get(tenant)

    async def forget_if_gone(self, tenant: TenantId) -> bool:
        """Whether the tenant was removed; not to be confused with a Redis that has lost everything."""
        if await self._repository.active(tenant) is not None or await self._repository.is_empty():
            return False
        self._active.pop(tenant, None)
        self._documents.pop(tenant, None)
        return True

    def is_unreadable(self, tenant: TenantId) -> bool:
        """Whether the tenant has a configuration that this program cannot read, and no earlier one in memory."""
        return tenant in self._documents and tenant not in self._active

    def _keep_last_good(self, document: ActiveDocument) -> None:
        """The last good rules hold on under the new version's number, which transitions are checked against."""
        good = self._active.get(document.tenant)
        if good is not None:
            self._active[document.tenant] = replace(good, version=document.version)

    def __iter__(self) -> Iterator[TenantId]:
        """All tenants known."""
        return iter(tuple(self._active))

    def _take_in(self, document: ActiveDocument) -> None:
        try:
            compiled = compile_tenant(stored.load(document.text).document, document.version)
        except ConfigurationError as error:
            self._log.error(
                "configuration_unreadable", tenant=document.tenant, version=document.version, error=str(error)
            )
            self._keep_last_good(document)
            return
        self._active[document.tenant] = compiled
        self._log.info("configuration_loaded", tenant=document.tenant, version=document.version)
