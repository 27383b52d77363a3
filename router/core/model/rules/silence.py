"""Silences: what people have asked not to be notified of for a while."""

from dataclasses import dataclass, replace
from enum import StrEnum

from router.core.match.matcher import Matcher
from router.core.match.patterns import Pattern
from router.core.model.instant import Instant


class SilenceState(StrEnum):
    """How a silence stands at a moment, in Alertmanager's words."""

    PENDING = "pending"
    ACTIVE = "active"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Silence:
    """Alerts that fulfil all matchers of any of the sets, from `starts_at` to `ends_at`, both included.

    Alertmanager's meaning (silence/silence.go): matchers of one set all hold, and one set suffices.
    """

    silence_id: str
    matcher_sets: tuple[tuple[Matcher, ...], ...]
    starts_at: Instant
    ends_at: Instant
    author: str
    comment: str = ""

    def patterns(self) -> frozenset[tuple[str, Pattern]]:
        """Its patterns, each with the label that it looks at."""
        matchers = (matcher for one in self.matcher_sets for matcher in one)
        return frozenset((one.name, one.pattern) for one in matchers if one.pattern is not None)

    def state(self, now: Instant) -> SilenceState:
        """How it stands."""
        if now < self.starts_at:
            return SilenceState.PENDING
        return SilenceState.ACTIVE if now <= self.ends_at else SilenceState.EXPIRED

    def ended(self, now: Instant) -> "Silence":
        """The same, ended now; one that has not begun never does, and one that is over stays as it is."""
        if self.state(now) is SilenceState.EXPIRED:
            return self
        return replace(self, starts_at=min(self.starts_at, now), ends_at=now)
