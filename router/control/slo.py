"""Whether what is promised of notifications was kept for a tenant, by its events."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pydantic_core import from_json

from router.control.tenants import TenantControl
from router.core.model.alert import TenantId
from router.core.model.instant import Instant
from router.core.slo.noted import Noted
from router.core.slo.objective import DELIVERY
from router.core.slo.report import Report, report
from router.ports.clock import Clock
from router.ports.events import FORM, read_noted
from router.ports.kafka import Record
from router.ports.recovery import Past
from router.ports.state import Outbox


@dataclass(frozen=True, slots=True)
class SloControl:
    """What a report is made from."""

    tenants: TenantControl
    past: Past
    outbox: Outbox
    clock: Clock

    async def now(self) -> Instant:
        """The time by which reports end."""
        return await self.clock.now()

    async def report(self, tenant: TenantId, since: Instant, until: Instant) -> Report:
        """What was attained of notifications that were due in that time, by all events that there are.

        Raises:
            OperationError: there is no such tenant.
            UnavailableError: Redis or Kafka does not answer.
        """
        await self.tenants.active(tenant)
        last = await self.outbox.last(tenant)
        noted = list[Noted]()
        async for some in self.past.events():
            noted.extend(_noted(some, f"{tenant}/".encode()))
        return report(DELIVERY, noted, last, since, until)


def _noted(records: Sequence[Record], prefix: bytes) -> Iterator[Noted]:
    """What those of a tenant's alert groups note; what cannot be read leaves a gap between the numbers."""
    for one in records:
        if not (one.key or b"").startswith(prefix) or one.key == prefix:
            continue
        try:
            body = from_json(one.value or b"")
            if body["v"] == FORM:
                yield read_noted(body)
        except (ValueError, KeyError, TypeError):
            continue
