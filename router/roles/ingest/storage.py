"""How much tenants may store: by their caps, and less while Redis is nearly full."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from router.core.fold.admit import Room
from router.core.model.alert import TenantId
from router.core.model.rules.limits import Caps
from router.core.model.rules.tenant import Tenant
from router.errors import UnavailableError
from router.ports.memory import StoredMemory
from router.roles.memory import MemoryWatch
from router.roles.transitions import Change


@dataclass(frozen=True, slots=True)
class Storage:
    """What tenants have stored, and may."""

    stored: StoredMemory
    memory: MemoryWatch

    def caps(self, tenant: Tenant) -> Caps:
        """What the tenant may have stored now."""
        return replace(
            tenant.caps, stored_bytes=min(tenant.caps.stored_bytes, self.memory.bytes_for(tenant.tenant_id))
        )

    def within(self, change: Change) -> Change:
        """The change, to be stored only if the tenant has room for it."""
        return replace(
            change, caps=self.caps(change.tenant), needs_memory=self.memory.is_spent(change.tenant.tenant_id)
        )

    async def rooms(self, tenants: Iterable[Tenant]) -> dict[TenantId, Room]:
        """What each tenant may still store.

        Raises:
            UnavailableError: Redis does not answer for one of them.
        """
        wanted = {one.tenant_id: one for one in tenants}
        if not wanted:
            return {}
        stored = await self.stored.sizes(list(wanted))
        found: dict[TenantId, Room] = {}
        for tenant, size in zip(wanted.values(), stored, strict=True):
            if size is None:
                raise UnavailableError(f"Redis does not answer for tenant {tenant.tenant_id!r}")
            found[tenant.tenant_id] = Room.left(self.caps(tenant), size)
        return found
