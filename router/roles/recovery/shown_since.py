"""An older Redis does not know what was shown since: `alerts.events` does, and it is taken over.

So messages that stand are edited on and not posted again, as soon as what came in is folded once more.
"""

import structlog

from router.core.model.alert import TenantId
from router.core.model.instant import NEVER, Instant
from router.errors import UnavailableError
from router.ports.recovery import Past
from router.roles.recovery.adoption import Adoption
from router.roles.recovery.trail import Trail
from router.roles.tenants import ActiveTenants


class ShownSince:
    """Takes over for all tenants what was shown since a moment, once for each such moment."""

    def __init__(self, tenants: ActiveTenants, past: Past, adoption: Adoption) -> None:
        self._tenants = tenants
        self._past = past
        self._adoption = adoption
        self._done = NEVER
        self._log = structlog.get_logger("router.recovery")

    async def take_over(self, since: Instant) -> None:
        """Take over what was shown since then; a tenant of whom that cannot be done now keeps nobody waiting.

        Raises:
            UnavailableError: Kafka does not answer.
        """
        if since == self._done:
            return
        tenants = list(self._tenants)
        trail = Trail(tenants)
        async for batch in self._past.events(since):
            trail.follow(batch)
        messages = sum([await self._adopt(one, trail) for one in tenants])
        self._done = since
        if messages:
            self._log.warning("messages_taken_over", messages=messages)

    async def _adopt(self, tenant: TenantId, trail: Trail) -> int:
        places, rules = trail.places(tenant), self._tenants.get(tenant)
        if not places or rules is None:
            return 0
        try:
            return await self._adoption.adopt(rules, places)
        except UnavailableError as error:
            self._log.warning("messages_not_taken_over", tenant=tenant, messages=len(places), error=str(error))
            return 0
