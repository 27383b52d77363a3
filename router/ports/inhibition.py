"""Alerts that inhibit others, stored beside the groups in which they fire; `GroupStates.apply` changes them."""

from collections.abc import Collection
from typing import Protocol

from router.core.model.alert import TenantId
from router.core.model.instant import Instant
from router.core.model.rules.inhibit import RuleId, SourceKey
from router.core.mute.inhibition import Sources


class InhibitingAlerts(Protocol):
    """The sources of all tenants."""

    async def latest(self, tenant: TenantId, wanted: Collection[SourceKey]) -> Sources:
        """Under each of these keys the source that counts for longest; keys that have none are left out."""

    async def keep_only(self, tenant: TenantId, rules: Collection[RuleId], now: Instant) -> None:
        """Forget the sources of all other rules, and look now at the groups that wait for their end."""
