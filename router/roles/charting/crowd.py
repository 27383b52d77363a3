"""How many alert groups are being asked about: neither many of one tenant nor slow answers take all places."""

from collections import Counter
from typing import Final

from router.core.model.alert import TenantId

MAX_CHARTS_ASKED: Final = 50
"""Alert groups of one tenant that are being asked about; beyond, none is."""
MAX_ALL_ASKED: Final = 200
"""The same of all tenants together."""
_KEPT: Final = MAX_ALL_ASKED // 4
"""Places for tenants that have none."""


class Crowd:
    """The groups in question, counted by tenant.

    A tenant has never more of them than places are free, and the last quarter of the places is for those that have
    none: one whose Prometheus is slow never takes what others need.
    """

    def __init__(self) -> None:
        self._count = 0
        self._tenants = Counter[TenantId]()

    def has_room(self, tenant: TenantId) -> bool:
        """Whether one more of this tenant may be asked about."""
        free = MAX_ALL_ASKED - self._count
        if tenant not in self._tenants:
            return free > 0
        return self._tenants[tenant] < min(MAX_CHARTS_ASKED, free - _KEPT)

    def enter(self, tenant: TenantId) -> None:
        """One more is."""
        self._count += 1
        self._tenants[tenant] += 1

    def leave(self, tenant: TenantId) -> None:
        """One is not any more."""
        self._count -= 1
        self._tenants[tenant] -= 1
        if not self._tenants[tenant]:
            del self._tenants[tenant]
