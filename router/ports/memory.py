"""How full Redis is, and by whom."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from router.core.budget.memory import Memory
from router.core.model.alert import TenantId
from router.core.model.rules.limits import Caps


class StoredMemory(Protocol):
    """Redis' memory, and what tenants have stored there."""

    async def memory(self) -> Mapping[str, Memory]:
        """What each server of Redis uses of its limit, by its name; one alone, or those of a cluster that answer."""

    def part_of(self, tenant: TenantId) -> str:
        """The name of the server that has a tenant's data."""

    async def sizes(self, tenants: Sequence[TenantId]) -> list[Caps | None]:
        """What each tenant has stored: alerts that fire, groups that are not closed, bytes of all groups.

        None where Redis does not answer for the tenant, but for others.
        """
