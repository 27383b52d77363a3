"""Every route that is tried for an alert, and what became of each: its way through the tree, for people to read."""

from collections.abc import Iterator
from dataclasses import dataclass

from router.core.match.labels import Labels
from router.core.match.matcher import Matcher
from router.core.match.reading import NO_PATTERNS, PatternSizes, Reading
from router.core.model.rules.route import Route


@dataclass(frozen=True, slots=True)
class Tried:
    """A route, the first of its matchers that failed, and the routes below it that were tried."""

    route: Route
    failed: Matcher | None
    below: tuple["Tried", ...] = ()

    @property
    def matched(self) -> bool:
        """Whether the alert fulfils all its matchers."""
        return self.failed is None

    @property
    def taken(self) -> bool:
        """Whether the alert takes this route itself: it matched, and none below did."""
        return self.matched and not any(one.matched for one in self.below)

    @property
    def untried(self) -> int:
        """How many routes right below were not tried, since one before them took the alert."""
        return len(self.route.routes) - len(self.below) if self.matched else 0

    def walk(self) -> Iterator["Tried"]:
        """This one and all below it, in the order in which they were tried."""
        yield self
        for one in self.below:
            yield from one.walk()


def tried(route: Route, labels: Labels, sizes: PatternSizes = NO_PATTERNS) -> Tried:
    """The way of an alert with these labels; the routes taken are those that `match` answers, in its order."""
    return _tried(route, Reading(labels, sizes))


def _tried(route: Route, labels: Reading) -> Tried:
    failed = next((one for one in route.matchers if not one.holds(labels)), None)
    if failed is not None:
        return Tried(route, failed)
    below: list[Tried] = []
    for child in route.routes:
        below.append(_tried(child, labels))
        if below[-1].matched and not child.continue_:
            break
    return Tried(route, None, tuple(below))
