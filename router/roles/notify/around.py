"""What is shown beside the alerts of calls that are about to be made, looked up for all of them at once.

It keeps no call: where it cannot be read, and for tenants that ask for none of it, messages go without.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import structlog

from router.core.context.context import NO_CONTEXT, Context
from router.core.context.surroundings import Found, Wanted, context_of, wanted_of
from router.core.engine import Claim
from router.core.model.changed import replace
from router.core.model.instant import Instant, Span
from router.core.model.key import GroupId
from router.core.model.rules.tenant import Tenant
from router.errors import UnavailableError
from router.ports.context import Surroundings

_NOTHING = Found()


@dataclass(frozen=True, slots=True)
class Around:
    """Looks up what else fires, and how it usually goes; episodes older than `history` are not shown."""

    known: Surroundings
    history: Span
    log: structlog.stdlib.BoundLogger = field(
        default_factory=lambda: structlog.get_logger("router.context"), compare=False
    )

    async def of(self, tenant: Tenant, claims: Sequence[Claim], url: str, now: Instant) -> list[Context]:
        """What the message of each claim shows beside its alerts; `url` is the address of the workspace."""
        asked = [wanted_of(tenant, one.snapshot) if one.notification.op.shows_group else None for one in claims]
        found = await self._find(tenant, [one for one in asked if one is not None], now)
        return [
            context_of(tenant, one.snapshot, found.get(one.snapshot.key.group_id, _NOTHING), url, now)
            if wanted is not None
            else NO_CONTEXT
            for one, wanted in zip(claims, asked, strict=True)
        ]

    async def _find(self, tenant: Tenant, wanted: Sequence[Wanted], now: Instant) -> dict[GroupId, Found]:
        if not wanted:
            return {}
        try:
            found = await self.known.find(tenant.tenant_id, wanted, now)
        except UnavailableError as error:
            self.log.debug("context_unknown", tenant=tenant.tenant_id, error=str(error))
            return {}
        return {
            asked.group: replace(one, episodes=tuple(past for past in one.episodes if past.end > now - self.history))
            for asked, one in zip(wanted, found, strict=True)
        }
