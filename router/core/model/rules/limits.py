"""What a tenant may use of what all tenants share."""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from router.core.model.instant import Span
from router.core.model.rules.metric import NO_METRICS, CustomMetrics


class Keys(StrEnum):
    """Whose keys seal what is stored of a tenant's alerts."""

    SHARED = "shared"
    """Nobody's: what is stored of its alerts, in Kafka and in Redis, is in clear."""
    OWN = "own"
    """The tenant's alone: what is stored of its alerts opens for no other, and never once they are destroyed."""


@dataclass(frozen=True, slots=True)
class Rate:
    """`burst` at once, then one every `period`."""

    period: Span
    burst: int


@dataclass(frozen=True, slots=True)
class InboundRates:
    """How fast a tenant's senders may post, over all gateways: bodies, KiB of bodies, and alerts."""

    requests: Rate
    kibibytes: Rate
    alerts: Rate


@dataclass(frozen=True, slots=True)
class Caps:
    """What a tenant may have stored: alerts that fire, groups that are not closed, and bytes of all groups."""

    alerts: int = 100_000
    groups: int = 100_000
    stored_bytes: int = 512 << 20


@dataclass(frozen=True, slots=True)
class SenderLimits:
    """What a gateway needs of one version of a tenant's configuration."""

    version: int
    inbound: InboundRates
    certificates: frozenset[str] = frozenset()
    """DNS names and URIs of the client certificates that stand for a token."""
    metrics: CustomMetrics = NO_METRICS
    """What the tenant counts of its alerts, for the page that its own Prometheus scrapes."""

    def under(self, version: int) -> "SenderLimits":
        """The same limits in force as another version."""
        return replace(self, version=version)


DEFAULT_CAPS: Final = Caps()
