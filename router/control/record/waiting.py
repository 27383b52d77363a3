"""Since when tenants wait for what is recorded of them to be in force."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from router.core.model.alert import TenantId
from router.core.model.instant import Instant, Span


@dataclass(frozen=True, slots=True)
class Waits:
    """The tenants that wait, each since it was first seen waiting."""

    since: Mapping[TenantId, Instant] = field(default_factory=lambda: MappingProxyType({}))

    def seen(self, waiting: Collection[TenantId], now: Instant) -> "Waits":
        """These wait now, and no others."""
        return Waits({one: self.since.get(one, now) for one in waiting})

    def longest(self, now: Instant) -> Span:
        """For how long the one has waited that has waited longest; nothing where none does."""
        return Span(now - min(self.since.values(), default=now))
