"""Tenants' rules in memory: loaded before work is taken, kept when Redis is away, a second behind at most.

A document that cannot be read, say one of a later version, leaves the last good one in force. A suspended tenant
keeps its rules: its alerts are taken as ever, only the notifier leaves it alone.
"""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from typing import Final

import structlog

from router.config import stored
from router.config.compiler import compile_tenant
from router.core.model.alert import TenantId
from router.core.model.instant import NEVER
from router.core.model.tenant import Tenant
from router.errors import ConfigurationError, RebuildError
from router.ports.state import ApplyResult
from router.ports.tenants import ActiveDocument, Tenants
from router.roles.polling import poll

_POLL_S: Final = 0.3

OnChange = Callable[[TenantId], Awaitable[None]]


class ActiveTenants:
    """The active configuration of every tenant."""

    def __init__(self, tenants: Tenants) -> None:
        self._tenants = tenants
        self._active: dict[TenantId, Tenant] = {}
        self._documents: dict[TenantId, ActiveDocument] = {}
        self._sequence = 0
        self._log = structlog.get_logger("router.tenants")
        self.loaded = False

    async def load(self) -> None:
        """Load all that has changed since the last time: at the start, everything."""
        changed, newest = await self._tenants.changed_since(self._sequence)
        for tenant in changed:
            if await self.refresh(tenant) is None:
                await self.forget_if_gone(tenant)
        self._sequence = newest
        self.loaded = True

    async def watch(self, on_change: OnChange) -> None:
        """Follow changes until cancelled; Redis being away changes nothing."""
        announced = {tenant: self._in_force(tenant) for tenant in self}

        async def follow() -> None:
            await self.load()
            for tenant in self:
                in_force = self._in_force(tenant)
                if not _same(in_force, announced.get(tenant)):
                    await on_change(tenant)
                    announced[tenant] = in_force

        await poll(_POLL_S, follow, "configuration_unreachable")

    async def refresh(self, tenant: TenantId) -> Tenant | None:
        """Ask Redis for a tenant's active configuration; None if it has none."""
        document = await self._tenants.active(tenant)
        if document is None:
            return None
        before = self._documents.get(tenant)
        if before != document:
            self._documents[tenant] = document
            self._note_suspension(before, document)
        if before is None or (before.version, before.text) != (document.version, document.text):
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
        if await self._tenants.active(tenant) is not None or await self._tenants.is_empty():
            return False
        self._active.pop(tenant, None)
        self._documents.pop(tenant, None)
        return True

    async def is_outdated(self, tenant: TenantId, answer: ApplyResult) -> bool:
        """Whether the tenant's rules are not those that a refused transition was decided by; they are read again.

        Raises:
            RebuildError: Redis has lost the tenant's data.
        """
        if answer is ApplyResult.REBUILD and not await self.forget_if_gone(tenant):
            raise RebuildError(f"Redis holds no data of tenant {tenant!r} any more: apply its configuration again")
        if answer in {ApplyResult.OK, ApplyResult.CONFLICT}:
            return False
        await self.refresh(tenant)
        return True

    def is_suspended(self, tenant: TenantId) -> bool:
        """Whether nothing is to be sent for the tenant."""
        document = self._documents.get(tenant)
        return document is not None and document.suspended_since != NEVER

    @property
    def suspended(self) -> int:
        """How many tenants are suspended."""
        return sum(self.is_suspended(tenant) for tenant in self)

    def is_unreadable(self, tenant: TenantId) -> bool:
        """Whether the tenant has a configuration that this program cannot read, and no earlier one in memory."""
        return tenant in self._documents and tenant not in self._active

    def _in_force(self, tenant: TenantId) -> tuple[Tenant | None, bool]:
        return self._active.get(tenant), self.is_suspended(tenant)

    def _note_suspension(self, before: ActiveDocument | None, document: ActiveDocument) -> None:
        if document.suspended_since != (before.suspended_since if before else NEVER):
            event = "tenant_suspended" if document.suspended_since != NEVER else "tenant_resumed"
            self._log.info(event, tenant=document.tenant)

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


def _same(one: tuple[Tenant | None, bool], other: tuple[Tenant | None, bool] | None) -> bool:
    return other is not None and one[0] is other[0] and one[1] == other[1]
