"""What is shown beside alerts and kept beside their groups; `GroupStates.apply` changes it."""

from collections.abc import Sequence
from typing import Protocol

from router.core.context.surroundings import Found, Wanted
from router.core.model.alert import TenantId
from router.core.model.instant import Instant


class Surroundings(Protocol):
    """What else fires, and how it usually goes, for the groups of all tenants."""

    async def find(self, tenant: TenantId, wanted: Sequence[Wanted], now: Instant) -> list[Found]:
        """What is known for each, in one round trip; a group is not found under its own keys."""
