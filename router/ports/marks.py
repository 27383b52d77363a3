"""Marks and counters beside the state."""

from collections.abc import Sequence
from typing import Protocol

from router.core.model.alert import TenantId


class ConfigurationMarks(Protocol):
    """By which version of its configuration everything live of a tenant was routed."""

    async def routed(self, tenants: Sequence[TenantId]) -> list[int | None]:
        """The version of each tenant, 0 for none; None where Redis does not answer for it, but for others."""

    async def note_routed(self, tenant: TenantId, version: int) -> None:
        """All that is live has been routed by this version."""


class Counters(Protocol):
    """Plain counters beside the books."""

    async def count(self, tenant: TenantId, counter: str, by: int) -> None:
        """Add to a counter."""
