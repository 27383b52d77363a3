"""One condition on one label, with Alertmanager's meaning (pkg/labels, matcher/parse).

A label that an alert lacks is the empty string. Regular expressions are RE2 and match the whole value, so none can
hang a worker. Text is read as Alertmanager's default mode reads it: by the UTF-8 grammar and by the classic one;
where both accept it and differ, or only the classic one does, the classic reading holds.
"""

import functools
import re
from dataclasses import dataclass
from enum import StrEnum

import re2

from router.core.match.labels import Labels
from router.core.match.syntax import Condition, parse_conditions


class Operator(StrEnum):
    """How a matcher compares; the order is Alertmanager's order of matchers of one label and value."""

    EQUAL = "="
    NOT_EQUAL = "!="
    MATCHES = "=~"
    NOT_MATCHES = "!~"


_ORDER = tuple(Operator)
_PLAIN_NAME = re.compile(r"""[^\s{}!=~,\\"'`]+""")
_REGEX = frozenset({Operator.MATCHES, Operator.NOT_MATCHES})


@dataclass(frozen=True, slots=True)
class Matcher:
    """A label name, an operator and a value; compiled once per pattern."""

    name: str
    operator: Operator
    value: str

    def matches(self, labels: Labels) -> bool:
        """Whether the label set fulfils the condition."""
        text = labels.get(self.name, "")
        match self.operator:
            case Operator.EQUAL:
                return text == self.value
            case Operator.NOT_EQUAL:
                return text != self.value
            case Operator.MATCHES:
                return compiled_pattern(self.value).fullmatch(text) is not None
            case Operator.NOT_MATCHES:
                return compiled_pattern(self.value).fullmatch(text) is None

    def __str__(self) -> str:
        """The matcher as Alertmanager prints it, for people and for the identity of a notification."""
        name = self.name if _PLAIN_NAME.fullmatch(self.name) else _quote(self.name)
        return f"{name}{self.operator}{_quote(self.value)}"


def parse_matchers(text: str) -> tuple[Matcher, ...]:
    """Read one configured string, which may hold several matchers and braces.

    Raises:
        ValueError: the text is not a list of matchers, or a pattern is not RE2.
    """
    return tuple(_matcher(condition) for condition in parse_conditions(text))


def in_order(matchers: tuple[Matcher, ...]) -> tuple[Matcher, ...]:
    """The matchers in Alertmanager's order: by name, value, operator."""
    return tuple(sorted(matchers, key=lambda m: (m.name, m.value, _ORDER.index(m.operator))))


def all_match(matchers: tuple[Matcher, ...], labels: Labels) -> bool:
    """Whether the label set fulfils every matcher; no matcher matches everything."""
    return all(matcher.matches(labels) for matcher in matchers)


def _matcher(condition: Condition) -> Matcher:
    matcher = Matcher(condition.name, Operator(condition.operator), condition.value)
    if matcher.operator in _REGEX:
        compiled_pattern(matcher.value)
    return matcher


def _quote(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("\n", "\\n").replace('"', '\\"')
    return f'"{escaped}"'


@functools.lru_cache(maxsize=10_000)
def compiled_pattern(pattern: str) -> "re2._Regexp":
    """The RE2 pattern, compiled once.

    Raises:
        ValueError: the text is not an RE2 pattern.
    """
    options = re2.Options()
    options.log_errors = False
    try:
        return re2.compile(pattern, options)
    except re2.error as error:
        reason = error.args[0].decode() if error.args and isinstance(error.args[0], bytes) else str(error)
        raise ValueError(f"{pattern!r} is not a valid RE2 pattern: {reason}") from None
