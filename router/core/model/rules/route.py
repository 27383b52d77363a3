"""The routing tree, everything inherited filled in."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Final

from router.core.match.index import MatcherIndex
from router.core.match.matcher import Matcher
from router.core.match.patterns import Pattern
from router.core.model.instant import Span
from router.core.model.rules.interval import ALWAYS_ACTIVE, RouteIntervals
from router.core.model.rules.names import ReceiverName

RoutePath = tuple[str, ...]
"""The matchers of every route from the root down, printed; the part of a route that outlives reordering."""

NO_GRACE: Final = Span(0)
_NOTHING: Final = MatcherIndex(())


class GroupBy(Enum):
    """The two groupings that are no list of labels."""

    AS_SENT = auto()
    ALL_LABELS = auto()


@dataclass(frozen=True, slots=True)
class Timing:
    """The intervals of a route; Alertmanager's words, with defaults for a sender that has waited already."""

    group_wait: Span
    group_interval: Span
    repeat_interval: Span
    stale_after: Span
    reopen_within: Span
    inhibit_grace: Span = NO_GRACE
    """How long what a rule may inhibit waits for what inhibits it."""


@dataclass(frozen=True, slots=True)
class Route:
    """A node of the routing tree, everything inherited filled in."""

    matchers: tuple[Matcher, ...]
    path: RoutePath
    receiver: ReceiverName
    group_by: tuple[str, ...] | GroupBy
    timing: Timing
    continue_: bool
    """`continue` in the configuration: later siblings are tried even if this route matched."""
    routes: tuple["Route", ...]
    intervals: RouteIntervals = ALWAYS_ACTIVE
    """When it is muted and when active; the routes below have their own."""
    index: MatcherIndex = field(init=False, repr=False, compare=False)
    """Which of the routes below fulfil their own matchers."""

    def __post_init__(self) -> None:
        below = tuple(route.matchers for route in self.routes)
        object.__setattr__(self, "index", MatcherIndex(below) if below else _NOTHING)

    def patterns(self) -> frozenset[tuple[str, Pattern]]:
        """The patterns of this route and all below, each with the label that it looks at."""
        return frozenset(
            (one.name, one.pattern) for route in self.walk() for one in route.matchers if one.pattern is not None
        )

    def walk(self) -> Iterator["Route"]:
        """This node and every one below it, depth first, left to right."""
        yield self
        for child in self.routes:
            yield from child.walk()
