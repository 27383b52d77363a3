"""How an alert went through the routing tree: every route that was tried, and the matcher at which one failed.

The same rule as in `tree.py`, by trying each route in turn instead of by an index, so that it can name what failed.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from router.core.match.labels import Labels
from router.core.match.matcher import Matcher
from router.core.match.reading import NO_PATTERNS, PatternSizes, Reading
from router.core.model.rules.route import Route


@dataclass(frozen=True, slots=True)
class Tried:
    """A route that an alert tried: `failed` is its first matcher that does not hold, None where all do.

    `below` are the routes below that were tried. The alert takes the route itself where it `is_taken`.
    """

    route: Route
    failed: Matcher | None
    below: tuple["Tried", ...] = ()

    @property
    def is_taken(self) -> bool:
        """Whether the alert stays here: no route below fits it."""
        return self.failed is None and all(one.failed is not None for one in self.below)

    def walk(self) -> Iterator[tuple[int, "Tried"]]:
        """This route and all tried below, in the order of the tree, each with its depth."""
        yield 0, self
        for one in self.below:
            yield from ((depth + 1, found) for depth, found in one.walk())


def trace(route: Route, labels: Labels, sizes: PatternSizes = NO_PATTERNS) -> Tried:
    """Every route that an alert with these labels tries, from this one down."""
    return _tried(route, Reading(labels, sizes))


def _tried(route: Route, labels: Reading) -> Tried:
    failed = next((one for one in route.matchers if not one.holds(labels)), None)
    if failed is not None:
        return Tried(route, failed)
    below = list[Tried]()
    for child in route.routes:
        below.append(_tried(child, labels))
        if below[-1].failed is None and not child.continue_:
            break
    return Tried(route, None, tuple(below))
