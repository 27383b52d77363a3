"""One label set as matchers read it: each value encoded once, each pattern tried once, and all of it bounded."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from router.core.match.labels import Labels
from router.core.match.patterns import MAX_SEEN, Pattern, seen

MAX_WORK: Final = 500_000
"""Instructions of patterns times bytes of values for one alert: 4 ms at worst. Where long values would cost more,
patterns see less of each: of one with a hundred usual patterns on a label at least 200 bytes, of the largest 50. What
is shorter is always seen whole."""

PatternSizes = Mapping[str, int]
"""By label, the instructions of all patterns that look at it."""

NO_PATTERNS: Final[PatternSizes] = MappingProxyType({})


class Reading:
    """The labels of one alert, while one tree of matchers is asked about them."""

    __slots__ = ("_limit", "_seen", "_tried", "labels")

    def __init__(self, labels: Labels, sizes: PatternSizes = NO_PATTERNS) -> None:
        self.labels = labels
        self._limit = _limit(labels, sizes) if sizes else MAX_SEEN
        self._seen: dict[str, bytes] = {}
        self._tried: dict[tuple[str, Pattern], bool] = {}

    def value(self, name: str) -> str:
        """The label's value; that of an absent one is empty."""
        return self.labels.get(name, "")

    def seen(self, name: str) -> bytes:
        """What patterns see of the label's value."""
        found = self._seen.get(name)
        if found is None:
            found = self._seen[name] = seen(self.value(name), self._limit)
        return found

    def matches(self, name: str, pattern: Pattern) -> bool:
        """Whether the pattern matches what it sees of the label's value."""
        found = self._tried.get((name, pattern))
        if found is None:
            found = self._tried[name, pattern] = pattern.matches(self.seen(name))
        return found


def pattern_work(labels: Labels, sizes: PatternSizes) -> int:
    """What the patterns of a tree may cost for these labels at most: instructions times bytes."""
    return min(MAX_WORK, sum(size * min(4 * len(labels.get(name, "")), MAX_SEEN) for name, size in sizes.items()))


def _limit(labels: Labels, sizes: PatternSizes) -> int:
    if pattern_work(labels, sizes) < MAX_WORK:
        return MAX_SEEN
    work = sum(size * len(seen(labels.get(name, ""), MAX_SEEN)) for name, size in sizes.items())
    return MAX_SEEN if work <= MAX_WORK else min(MAX_SEEN, MAX_WORK // sum(sizes.values()))
