"""One condition on one label, with Alertmanager's meaning (pkg/labels, matcher/parse).

A label that an alert lacks is the empty string. Regular expressions are RE2 and match the whole value, or the whole
beginning of one that is longer than patterns see. Text is read as Alertmanager's default mode reads it: by the UTF-8
grammar and by the classic one; where both accept it and differ, or only the classic one does, the classic reading
holds.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from router.core.match.labels import Labels
from router.core.match.patterns import Pattern, compiled_pattern
from router.core.match.printing import printed
from router.core.match.reading import Reading
from router.core.match.syntax import Condition, classic, usual, utf8


class Operator(StrEnum):
    """How a matcher compares; the order is Alertmanager's order of matchers of one label and value."""

    EQUAL = "="
    NOT_EQUAL = "!="
    MATCHES = "=~"
    NOT_MATCHES = "!~"


_ORDER = tuple(Operator)
_REGEX = frozenset({Operator.MATCHES, Operator.NOT_MATCHES})


@dataclass(frozen=True, slots=True)
class Matcher:
    """A label name, an operator and a value.

    Raises:
        ValueError: the value should be a pattern and is not RE2, or is larger than patterns may be.
    """

    name: str
    operator: Operator
    value: str
    pattern: Pattern | None = field(init=False, repr=False, compare=False)
    """The value compiled, where the operator wants a pattern."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "pattern", compiled_pattern(self.value) if self.operator in _REGEX else None)

    def holds(self, labels: Reading) -> bool:
        """Whether the label set fulfils the condition."""
        if self.pattern is None:
            return (labels.value(self.name) == self.value) is (self.operator is Operator.EQUAL)
        return labels.matches(self.name, self.pattern) is (self.operator is Operator.MATCHES)

    def matches(self, labels: Labels) -> bool:
        """Whether a label set that is asked about once fulfils the condition."""
        return self.holds(Reading(labels))

    def __str__(self) -> str:
        """The matcher as Alertmanager prints it, for people and for the identity of a notification."""
        return printed(self.name, self.operator, self.value)


def parse_matchers(text: str) -> tuple[Matcher, ...]:
    """Read one configured string, which may hold several matchers and braces.

    Raises:
        ValueError: the text is not a list of matchers, or a pattern is not RE2 or too large.
    """
    return read_matchers(text).matchers


class Doubt(StrEnum):
    """Why Alertmanager warns about a text that it accepts."""

    INCOMPATIBLE = "incompatible"
    """Only the classic grammar accepts it."""
    DISAGREEMENT = "disagreement"
    """Both grammars accept it and read different matchers; the classic reading holds."""


class ReadMatchers(NamedTuple):
    """A text as read, and whether a later Alertmanager may read it differently."""

    matchers: tuple[Matcher, ...]
    doubt: Doubt | None


def read_matchers(text: str) -> ReadMatchers:
    """Read one configured string by both grammars, as Alertmanager's default mode does (matcher/compat).

    Raises:
        ValueError: neither grammar accepts the text, or by neither its patterns are RE2 and small enough.
    """
    if (conditions := usual(text)) is not None:
        return ReadMatchers(_built(conditions), None)
    new, old = _attempt(utf8, text), _attempt(classic, text)
    if isinstance(old, ValueError):
        if isinstance(new, ValueError):
            raise old
        return ReadMatchers(new, None)
    if isinstance(new, ValueError):
        return ReadMatchers(old, Doubt.INCOMPATIBLE)
    return ReadMatchers(old, None if new == old and new else Doubt.DISAGREEMENT)


def _attempt(grammar: Callable[[str], list[Condition]], text: str) -> tuple[Matcher, ...] | ValueError:
    try:
        return _built(grammar(text))
    except ValueError as error:
        return error


def _built(conditions: list[Condition]) -> tuple[Matcher, ...]:
    return tuple(Matcher(one.name, Operator(one.operator), one.value) for one in conditions)


def in_order(matchers: tuple[Matcher, ...]) -> tuple[Matcher, ...]:
    """The matchers in Alertmanager's order: by name, value, operator."""
    return tuple(sorted(matchers, key=lambda m: (m.name, m.value, _ORDER.index(m.operator))))


def all_match(matchers: tuple[Matcher, ...], labels: Reading) -> bool:
    """Whether the label set fulfils every matcher; no matcher matches everything."""
    return all(matcher.holds(labels) for matcher in matchers)
