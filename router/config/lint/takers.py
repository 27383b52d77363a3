"""Which of many routes before another takes all of its alerts, without comparing each with each."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Final

from router.core.match.logic import all_follow, is_always
from router.core.match.matcher import Matcher, Operator

Matchers = Sequence[Matcher]

_MOST_OTHERS: Final = 200
"""Routes with other matchers than equalities that later ones are compared with, one by one."""

_Pairs = frozenset[tuple[str, str]]


class Takers:
    """Routes of one level that do not continue, in their order."""

    def __init__(self) -> None:
        self._equal: dict[frozenset[str], dict[_Pairs, str]] = defaultdict(dict)
        self._others: list[tuple[str, Matchers, Mapping[str, str]]] = []

    def add(self, name: str, matchers: Matchers) -> None:
        """One more route; of equal ones the first counts."""
        own = [one for one in matchers if not is_always(one)]
        if all(one.operator is Operator.EQUAL for one in own):
            pairs = frozenset((one.name, one.value) for one in own)
            self._equal[frozenset(one.name for one in own)].setdefault(pairs, name)
        elif len(self._others) < _MOST_OTHERS:
            equal = {one.name: one.value for one in own if one.operator is Operator.EQUAL}
            self._others.append((name, own, equal))

    def taker(self, own: Matchers, given: Matchers) -> str | None:
        """The route that takes every alert which fulfils all of these, if one does."""
        known = (*given, *own)
        equal = {one.name: one.value for one in known if one.operator is Operator.EQUAL}
        for names, routes in self._equal.items():
            if names <= equal.keys() and (found := routes.get(frozenset((name, equal[name]) for name in names))):
                return found
        for name, matchers, pairs in self._others:
            fits = all(equal.get(label, value) == value for label, value in pairs.items())
            if fits and all_follow(matchers, known):
                return name
        return None
