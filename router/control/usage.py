"""What a tenant uses of what is bounded, as far as it is known now."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from router.config.compile.tenant import load_tenant
from router.control.silences import MAX_PATTERNS, MAX_SILENCES
from router.control.tokens import MAX_LIVE
from router.core.budget.ceilings import Ceilings
from router.core.budget.level import left
from router.core.model.alert import TenantId
from router.core.model.instant import Instant
from router.core.model.rules.limits import Caps, Rate
from router.core.model.rules.silence import Silence, SilenceState
from router.errors import OperationError, UnavailableError
from router.ports.activity import Levels, Place
from router.ports.clock import Clock
from router.ports.control import StoredSilences, StoredTokens
from router.ports.tenants import Tenants


class Sizes(Protocol):
    """What tenants have stored."""

    async def sizes(self, tenants: Sequence[TenantId]) -> list[Caps | None]:
        """What each tenant has stored; None where Redis does not answer for the tenant."""


class Buckets(Protocol):
    """How full tenants' buckets are."""

    async def levels(self, places: Sequence[Place]) -> Sequence[Levels]:
        """How it stands with each."""


@dataclass(frozen=True, slots=True)
class Use:
    """How much of something is used, and the most that may be."""

    name: str
    used: int
    limit: int


class Using(Protocol):
    """What tenants use; see `Usage`."""

    async def of(self, tenant_id: TenantId) -> list[Use]:
        """All that is known."""


@dataclass(frozen=True, slots=True)
class Usage:
    """Answers from Redis, by the limits of the configuration that is in force, within the ceilings."""

    tenants: Tenants
    sizes: Sizes
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
        now, inbound = await self.clock.now(), rules.inbound
        return [
            Use("active_alerts", stored.alerts, rules.caps.alerts),
            Use("active_groups", stored.groups, rules.caps.groups),
            Use("stored_bytes", stored.stored_bytes, rules.caps.stored_bytes),
            _bucket("inbound_requests", inbound.requests, levels.requests, now),
            _bucket("inbound_kibibytes", inbound.kibibytes, levels.kibibytes, now),
            _bucket("inbound_alerts", inbound.alerts, levels.alerts, now),
            Use("tokens", len(await self.tokens.live(tenant_id)), MAX_LIVE),
            *_silences(await self.silences.all_of(tenant_id), now),
        ]


def _bucket(name: str, rate: Rate, arrival: Instant, now: Instant) -> Use:
    return Use(name, rate.burst - left(rate, arrival, now), rate.burst)


def _silences(every: Sequence[Silence], now: Instant) -> list[Use]:
    counted = [one for one in every if one.state(now) is not SilenceState.EXPIRED]
    patterns = sum(pattern.size for one in counted for _, pattern in one.patterns())
    return [Use("silences", len(counted), MAX_SILENCES), Use("silence_patterns", patterns, MAX_PATTERNS)]
