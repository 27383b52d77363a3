"""What nobody asks for any more is deleted.

As for all ports, every method may raise UnavailableError, and what is asked may be asked again.
"""

from collections.abc import Collection, Sequence
from typing import Protocol

from router.core.model.alert import TenantId
from router.core.model.rules.silence import Silence


class ListedTenants(Protocol):
    """Whose data there is."""

    async def listed(self) -> Sequence[TenantId]:
        """All tenants that are there."""


class KeptAnswers(Protocol):
    """Answers to requests that had a key."""

    async def forget(self) -> None:
        """Delete those of all tenants that are older than they are kept."""


class KeptSilences(Protocol):
    """Tenants' silences, also those that are over."""

    async def all_of(self, tenant: TenantId) -> Sequence[Silence]:
        """Every silence of a tenant that can be read."""

    async def forget(self, tenant: TenantId, ids: Collection[str]) -> int:
        """Delete those that are over, with these ids; how many were there. Nobody need hear of it."""
