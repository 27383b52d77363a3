"""How much a tenant uses of each thing that is bounded for it, and what happens beyond."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from router.core.budget.level import left
from router.core.model.instant import Instant
from router.core.model.rules.limits import Caps, Rate

NEAR: Final = 0.8
"""From this part of a limit on a tenant is near it."""
WELL: Final = 0.7
"""Below this part it is near no more: what moves about the other one is one crossing."""


class Quota(StrEnum):
    """What is bounded for a tenant."""

    ALERTS = "active_alerts"
    """Alerts that fire."""
    GROUPS = "active_groups"
    """Alert groups that are not closed."""
    STORED_BYTES = "stored_bytes"
    """Bytes of alert groups in Redis."""
    REQUESTS = "inbound_requests"
    """Bodies that senders may post at once."""
    KIBIBYTES = "inbound_kibibytes"
    """KiB of bodies that they may post at once."""
    SENT_ALERTS = "inbound_alerts"
    """Alerts that they may post at once."""
    TOKENS = "tokens"
    """Tokens of senders that are not revoked."""
    SILENCES = "silences"
    """Silences that are active or to come."""
    SILENCE_PATTERNS = "silence_patterns"
    """Instructions of their patterns, compiled."""
    SERIES = "metric_series"
    """Series of that of its own metrics which has most."""
    CONFIGURATION_BYTES = "configuration_bytes"
    """Bytes of its file, as it was applied."""
    ROUTES = "routes"
    """Routes, all levels together."""
    MATCHERS = "matchers"
    """Matchers of all routes."""
    PATTERNS = "patterns"
    """Different patterns of routes, inhibition rules and metrics."""
    PATTERN_SIZE = "pattern_instructions"
    """Instructions of these patterns, compiled."""
    REDACTION_SIZE = "redaction_instructions"
    """Instructions of the patterns of `redact`, compiled."""
    RECEIVERS = "receivers"
    """Receivers."""
    TEMPLATES = "templates"
    """Templates."""
    HEARTBEATS = "heartbeats"
    """Heartbeats."""
    INHIBIT_RULES = "inhibit_rules"
    """Inhibition rules."""
    METRICS = "metrics"
    """Metrics of its own."""
    INTERVALS = "time_intervals"
    """Time intervals."""
    INTERVAL_PARTS = "time_interval_parts"
    """Parts of all time intervals."""
    CHANNELS = "channels"
    """Channels that the operator names."""


@dataclass(frozen=True, slots=True)
class Beyond:
    """What becomes of more, and the key of the tenant's file that has the limit; "" for one that is the program's."""

    happens: str
    raised_by: str = ""


@dataclass(frozen=True, slots=True)
class Use:
    """How much of something is used, and the most that may be."""

    quota: Quota
    used: int
    limit: int

    @property
    def part(self) -> float:
        """Which part of the limit is used; of a limit of nothing, whether anything is."""
        return self.used / self.limit if self.limit else float(self.used > 0)


_LETTERS: Final = "new alerts become dead letters, and the message counts them"
_TRY_AGAIN: Final = "gateways answer 429, and senders try again"
_END_SOME: Final = "no further one is added: end some"
_REFUSED: Final = "the file is refused, with line and column"
_IN_THE_FILE: Final = (
    Quota.CONFIGURATION_BYTES,
    Quota.ROUTES,
    Quota.MATCHERS,
    Quota.PATTERNS,
    Quota.PATTERN_SIZE,
    Quota.REDACTION_SIZE,
    Quota.RECEIVERS,
    Quota.TEMPLATES,
    Quota.HEARTBEATS,
    Quota.INHIBIT_RULES,
    Quota.METRICS,
    Quota.INTERVALS,
    Quota.INTERVAL_PARTS,
    Quota.CHANNELS,
)
BEYOND: Final[Mapping[Quota, Beyond]] = {
    Quota.ALERTS: Beyond(_LETTERS, "platform.limits.active_alerts"),
    Quota.GROUPS: Beyond("alerts that would open one more become dead letters", "platform.limits.active_groups"),
    Quota.STORED_BYTES: Beyond(_LETTERS, "platform.limits.stored_bytes"),
    Quota.REQUESTS: Beyond(_TRY_AGAIN, "platform.limits.requests"),
    Quota.KIBIBYTES: Beyond(_TRY_AGAIN, "platform.limits.bytes"),
    Quota.SENT_ALERTS: Beyond(_TRY_AGAIN, "platform.limits.inbound"),
    Quota.TOKENS: Beyond("no further one is made: revoke one"),
    Quota.SILENCES: Beyond(_END_SOME),
    Quota.SILENCE_PATTERNS: Beyond(_END_SOME),
    Quota.SERIES: Beyond("what is new counts in the series `_other`"),
    **dict.fromkeys(_IN_THE_FILE, Beyond(_REFUSED)),
}


def is_near(use: Use) -> bool:
    """Whether so much is used that somebody should look at it."""
    return use.part >= NEAR


def is_well(use: Use) -> bool:
    """Whether so little is used that nobody need look any more."""
    return use.part < WELL


def stored_uses(caps: Caps, stored: Caps) -> list[Use]:
    """What is stored of what may be."""
    return [
        Use(Quota.ALERTS, stored.alerts, caps.alerts),
        Use(Quota.GROUPS, stored.groups, caps.groups),
        Use(Quota.STORED_BYTES, stored.stored_bytes, caps.stored_bytes),
    ]


def of_bucket(quota: Quota, rate: Rate, arrival: Instant, now: Instant) -> Use:
    """What is used up of what a bucket grants at once, by its theoretical arrival time."""
    return Use(quota, rate.burst - left(rate, arrival, now), rate.burst)
