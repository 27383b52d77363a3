"""What a tenant uses of what is bounded, as far as it is known now."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from router.config import stored as documents
from router.config.compile.tenant import load_tenant
from router.config.uses import uses_of
from router.control.silences import MAX_PATTERNS, MAX_SILENCES
from router.control.tokens import MAX_LIVE
from router.core.budget.ceilings import Ceilings
from router.core.budget.uses import BEYOND, Quota, Use, stored_uses
from router.core.fold.count import MAX_SERIES
from router.core.model.alert import TenantId
from router.core.model.instant import Instant
from router.core.model.rules.limits import Caps
from router.core.model.rules.silence import Silence, SilenceState
from router.core.model.rules.tenant import Tenant
from router.errors import OperationError, UnavailableError
from router.ports.activity import Levels, Place, posted
from router.ports.clock import Clock
from router.ports.control import StoredSilences, StoredTokens
from router.ports.counts import TenantCounts
from router.ports.tenants import Tenants


class Sizes(Protocol):
    """What tenants have stored."""

    async def sizes(self, tenants: Sequence[TenantId]) -> list[Caps | None]:
        """What each tenant has stored; None where Redis does not answer for the tenant."""


class Buckets(Protocol):
    """How full tenants' buckets are."""

    async def levels(self, places: Sequence[Place]) -> Sequence[Levels]:
        """How it stands with each."""


class Using(Protocol):
    """What tenants use; see `Usage`."""

    async def of(self, tenant_id: TenantId) -> list[Use]:
        """All that is known."""


@dataclass(frozen=True, slots=True)
class Usage:
    """Answers from Redis, by the limits of the configuration that is in force, within the ceilings."""

    tenants: Tenants
    sizes: Sizes
    counts: TenantCounts
    silences: StoredSilences
    tokens: StoredTokens
    buckets: Buckets
    clock: Clock
    ceilings: Ceilings

    async def of(self, tenant_id: TenantId) -> list[Use]:
        """All that is known; a bucket is used by what it would not grant at once.

        Raises:
            OperationError: the tenant has no configuration that is in force.
            UnavailableError: Redis does not answer for it.
        """
        active = await self.tenants.active(tenant_id)
        if active is None:
            raise OperationError(f"tenant {tenant_id!r} has no configuration that is in force")
        rules = self.ceilings.of_tenant(load_tenant(active.text, active.version))
        [stored], [levels] = await self.sizes.sizes([tenant_id]), await self.buckets.levels([Place(tenant_id)])
        if stored is None:
            raise UnavailableError("Redis does not answer for the tenant")
        document = documents.load(active.text)
        return [
            *stored_uses(rules.caps, stored),
            *posted(rules.inbound, levels, await self.clock.now()),
            Use(Quota.TOKENS, len(await self.tokens.live(tenant_id)), MAX_LIVE),
            *of_silences(await self.silences.all_of(tenant_id), await self.clock.now()),
            Use(Quota.SERIES, await self._series(rules), MAX_SERIES),
            *uses_of(document.document, document.source_text),
        ]

    async def _series(self, rules: Tenant) -> int:
        """How many series the metric has that has most."""
        counted = await self.counts.read(rules.tenant_id, [one.metric_id for one in rules.metrics.metrics])
        return max((len(one) for one in counted), default=0)


def of_silences(every: Sequence[Silence], now: Instant) -> list[Use]:
    """Silences that are active or to come, and what their patterns cost."""
    counted = [one for one in every if one.state(now) is not SilenceState.EXPIRED]
    patterns = sum(pattern.size for one in counted for _, pattern in one.patterns())
    return [Use(Quota.SILENCES, len(counted), MAX_SILENCES), Use(Quota.SILENCE_PATTERNS, patterns, MAX_PATTERNS)]


def use_json(use: Use) -> dict[str, object]:
    """A use as programs read it."""
    beyond = BEYOND[use.quota]
    return {
        "name": use.quota,
        "used": use.used,
        "limit": use.limit,
        "beyond": beyond.happens,
        "raised_by": beyond.raised_by,
    }
