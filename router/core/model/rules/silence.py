"""Silences: what people have asked not to be notified of for a while."""

from dataclasses import dataclass

from router.core.match.matcher import Matcher
from router.core.match.patterns import Pattern
from router.core.model.instant import Instant


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
