"""Silences: what people have asked not to be notified of for a while."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from router.core.match.index import MatcherIndex
from router.core.match.matcher import Matcher
from router.core.match.patterns import Pattern
from router.core.match.reading import Reading
from router.core.model.instant import HOUR, Instant, Span

KEPT_ENDED: Final = Span(120 * HOUR)
"""For how long a silence that is over is kept, as in Alertmanager."""


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

    def is_due_to_go(self, now: Instant) -> bool:
        """Whether it has been over for longer than it is kept."""
        return self.ends_at + KEPT_ENDED < now

    def ended(self, now: Instant) -> "Silence":
        """The same, ended now; one that has not begun never does, and one that is over stays as it is."""
        if self.state(now) is SilenceState.EXPIRED:
            return self
        return replace(self, starts_at=min(self.starts_at, now), ends_at=now)


class Silences:
    """The silences of a tenant that are active or to come, with an index of all their sets of matchers."""

    __slots__ = ("_index", "_owners", "all")

    def __init__(self, silences: Iterable[Silence] = ()) -> None:
        self.all = tuple(silences)
        sets = [(one, matchers) for one in self.all for matchers in one.matcher_sets]
        self._owners = [one for one, _ in sets]
        self._index = MatcherIndex([matchers for _, matchers in sets])

    def __bool__(self) -> bool:
        return bool(self.all)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Silences) and self.all == other.all

    def __hash__(self) -> int:
        return hash(self.all)

    def matching(self, labels: Reading) -> Iterator[Silence]:
        """Those of which the labels fulfil a set, whatever the time; one comes as often as it has such sets."""
        return (self._owners[position] for position in self._index.fulfilled(labels))

    def patterns(self) -> frozenset[tuple[str, Pattern]]:
        """The patterns of all of them, each with the label that it looks at."""
        return frozenset(pattern for one in self.all for pattern in one.patterns())


NO_SILENCES: Final = Silences()
