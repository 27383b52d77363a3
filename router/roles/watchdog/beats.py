"""Heartbeats that arrive with a batch, noted in one step when all of it is folded."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from router.core.model.alert import Alert, TenantId
from router.core.model.instant import Instant
from router.core.model.rules.tenant import Tenant
from router.core.route.heartbeat import beats
from router.ports.heartbeats import Heartbeats


@dataclass(slots=True)
class Arrived:
    """The heartbeats of a batch."""

    seen: dict[TenantId, dict[str, Instant]] = field(default_factory=dict)
    records: set[int] = field(default_factory=set)
    """The records that brought any, by identity."""

    def take(self, tenant: Tenant, alerts: Iterable[Alert], observed: Instant) -> bool:
        """Whether there is a heartbeat among alerts that were observed then."""
        found = beats(tenant, alerts)
        mine = self.seen.setdefault(tenant.tenant_id, {}) if found else {}
        mine.update({name: max(mine.get(name, observed), observed) for name in found})
        return bool(found)


@dataclass(frozen=True, slots=True)
class Noting:
    """Where they are noted."""

    heartbeats: Heartbeats

    async def note(self, seen: Mapping[TenantId, Mapping[str, Instant]]) -> None:
        """Note all of them.

        Raises:
            UnavailableError: they come again with their records.
        """
        if seen:
            await self.heartbeats.note(seen)
