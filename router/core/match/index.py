"""Which of many lists of matchers a label set fulfils, without trying each of them.

A list of several matchers is found by one of them, and then all of it is tried: by an equality, where it has one, in
a dictionary of the label's values; else by a pattern, all patterns of one label in sets that RE2 matches in one pass.
What has neither, or too few patterns for a set, is tried as before. The answer is the same as that of trying each
list in order.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import re2

from router.core.match.matcher import Matcher, Operator, all_match
from router.core.match.patterns import Pattern, pattern_options
from router.core.match.reading import Reading

MAX_SET_SIZE: Final = 2_000
"""Instructions of the patterns in one set. A set has one automaton, whose cost grows with all of them."""

MAX_SET_MEMORY: Final = 1 << 18
"""Bytes that RE2 may use for one set; one that does not fit is tried pattern by pattern."""

_WORTH_A_SET: Final = 5
_HEAVY: Final = 200
"""Instructions of a pattern that stays alone: RE2 gives up its automaton when it does not pay, a set's never."""

_LONG: Final = 256
"""Bytes of a value that is tried pattern by pattern, for the same reason."""

_ANYTHING: Final = "(?s:.*)"

_Key = tuple[str, str]


class MatcherIndex:
    """An index of lists of matchers by their positions."""

    __slots__ = ("_equal", "_lists", "_patterns", "_rest")

    def __init__(self, lists: Sequence[tuple[Matcher, ...]]) -> None:
        equal, patterns, rest = _sorted_by_key(lists)
        self._lists = lists
        self._equal = equal
        self._patterns = [(name, _PatternSet(part)) for name, part in _in_sets(patterns, rest)]
        self._rest = sorted(rest)

    def fulfilled(self, labels: Reading) -> Iterator[int]:
        """The positions of the lists that the label set fulfils, in order, each tried when it is asked for."""
        return (position for position in self._candidates(labels) if all_match(self._lists[position], labels))

    def _candidates(self, labels: Reading) -> Sequence[int]:
        found: list[int] = []
        for name, value in labels.labels.items():
            if name in self._equal:
                found += self._equal[name].get(value, ())
        for name, one in self._patterns:
            found += one.candidates(labels.seen(name))
        return sorted(found + self._rest) if found else self._rest


def _sorted_by_key(
    lists: Sequence[tuple[Matcher, ...]],
) -> tuple[Mapping[str, Mapping[str, list[int]]], Mapping[str, Mapping[Pattern, list[int]]], list[int]]:
    """Positions by label and value, by label and pattern, and the others. The key is what fewest lists have."""
    common = Counter(_key(one) for matchers in lists for one in matchers)
    equal: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    patterns: dict[str, dict[Pattern, list[int]]] = defaultdict(lambda: defaultdict(list))
    rest: list[int] = []
    for position, matchers in enumerate(lists):
        one = min(
            filter(_is_key, matchers), key=lambda key: (key.pattern is not None, common[_key(key)]), default=None
        )
        if one is None:
            rest.append(position)
        elif one.pattern is None:
            equal[one.name][one.value].append(position)
        else:
            patterns[one.name][one.pattern].append(position)
    return equal, patterns, rest


def _key(matcher: Matcher) -> _Key:
    return matcher.name, matcher.value


def _is_key(matcher: Matcher) -> bool:
    """Not one that a label which is absent could fulfil without being looked up."""
    if matcher.operator is Operator.EQUAL:
        return matcher.value != ""
    return matcher.operator is Operator.MATCHES and matcher.pattern is not None and matcher.pattern.size <= _HEAVY


def _in_sets(
    patterns: Mapping[str, Mapping[Pattern, list[int]]], rest: list[int]
) -> Iterator[tuple[str, Mapping[Pattern, list[int]]]]:
    """The patterns of each label in sets of a bounded size; positions of what is too small for one go to the rest."""
    for name, positions in patterns.items():
        for part in _parts(list(positions)):
            chosen = {pattern: positions[pattern] for pattern in part}
            if len(part) < _WORTH_A_SET:
                rest += (position for places in chosen.values() for position in places)
            else:
                yield name, chosen


def _parts(patterns: Sequence[Pattern]) -> Iterator[Sequence[Pattern]]:
    part: list[Pattern] = []
    size = 0
    for pattern in patterns:
        if part and size + pattern.size > MAX_SET_SIZE:
            yield part
            part, size = [], 0
        part.append(pattern)
        size += pattern.size
    yield part


class _PatternSet:
    """Patterns of one label, matched in one pass.

    RE2's set answers nothing both when nothing matches and when its memory does not suffice. One more pattern that
    matches everything tells the two apart.
    """

    __slots__ = ("_all", "_positions", "_set")

    def __init__(self, patterns: Mapping[Pattern, list[int]]) -> None:
        self._positions = list(patterns.values())
        self._all = [position for places in self._positions for position in places]
        self._set = _compiled(list(patterns))

    def candidates(self, value: bytes) -> Sequence[int]:
        """The positions whose pattern matches; all of them where the set cannot tell, or is not worth it."""
        if self._set is None or len(value) > _LONG:
            return self._all
        matched = self._set.Match(value)
        if not matched or len(self._positions) not in matched:
            return self._all
        return [place for one in matched if one < len(self._positions) for place in self._positions[one]]


def _compiled(patterns: Sequence[Pattern]) -> "re2.Set | None":
    one = re2.Set.FullMatchSet(pattern_options(MAX_SET_MEMORY))
    try:
        for text in (*(pattern.text for pattern in patterns), _ANYTHING):
            one.Add(text)
        one.Compile()
    except re2.error:
        return None
    return one
