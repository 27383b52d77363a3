"""An older Redis does not know what was shown since: `alerts.events` does, and it is taken over.

So messages that stand are edited on and not posted again, as soon as what came in is folded once more.
"""

from collections.abc import Sequence

import structlog

from router.core.engine import Place
from router.core.model.alert import TenantId
from router.core.model.instant import Instant
from router.errors import UnavailableError
from router.observe.incident import Incident
from router.ports.recovery import Past
from router.roles.recovery.adoption import Adoption
from router.roles.recovery.trail import Trail
from router.roles.tenants import ActiveTenants


class ShownSince:
    """Takes over for all tenants what was shown since a moment; where that cannot be done now, later."""

    def __init__(self, tenants: ActiveTenants, past: Past, adoption: Adoption) -> None:
        self._tenants = tenants
        self._past = past
        self._adoption = adoption
        self._left: list[tuple[TenantId, Sequence[Place]]] = []
        self._incidents: dict[TenantId, Incident] = {}
        self._log = structlog.get_logger("router.recovery")

    async def take_over(self, since: Instant) -> None:
        """Take over what was shown since then; a tenant of whom that cannot be done now keeps nobody waiting.

        Raises:
            UnavailableError: Kafka does not answer.
        """
        tenants = list(self._tenants)
        trail = Trail(tenants)
        async for batch in self._past.events(since):
            trail.follow(batch)
        self._left += [(one, places) for one in tenants if (places := trail.places(one))]
        await self.go_on()

    async def go_on(self) -> None:
        """Take over what is left."""
        messages, left = 0, []
        for tenant, places in self._left:
            try:
                messages += await self._adopt(tenant, places)
            except UnavailableError as error:
                left.append((tenant, places))
                self._not_taken_over(tenant, len(places), str(error))
        self._left = left
        if messages:
            self._log.warning("messages_taken_over", messages=messages)

    async def _adopt(self, tenant: TenantId, places: Sequence[Place]) -> int:
        rules = self._tenants.get(tenant)
        adopted = await self._adoption.adopt(rules, places) if rules is not None else 0
        self._incidents.pop(tenant, None)
        return adopted

    def _not_taken_over(self, tenant: TenantId, messages: int, error: str) -> None:
        if self._incidents.setdefault(tenant, Incident()).happens(error):
            self._log.warning("messages_not_taken_over", tenant=tenant, messages=messages, error=error)
