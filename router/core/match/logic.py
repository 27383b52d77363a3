"""What matchers say about each other: which follow from others, and which no alert fulfils together.

Only what is certain is answered: of patterns nothing but those that list plain values, or say the same.
"""

import re
from collections.abc import Sequence
from typing import Final

from router.core.match.matcher import Matcher, Operator

_LISTS: Final = re.compile(r"\^?\(?((?:[\w :/@,;#%&-]*\|)*[\w :/@,;#%&-]*)\)?\$?", re.ASCII)
_WHOLE: Final = ("", ""), ("(", ")"), ("^(", ")$")
"""What may stand around alternatives so that they are whole values; `^a|b$` is two other patterns."""

_COMPARED: Final = 200
_ONE: Final = ("^", "$"), ("^", ""), ("", "$")
_ANYTHING: Final = frozenset({".*", "^.*$", "(.*)", "^.*", ".*$", "(?s).*", "(?s:.*)"})
_NEGATED: Final = {
    Operator.EQUAL: Operator.NOT_EQUAL,
    Operator.NOT_EQUAL: Operator.EQUAL,
    Operator.MATCHES: Operator.NOT_MATCHES,
    Operator.NOT_MATCHES: Operator.MATCHES,
}


def allowed(matcher: Matcher) -> frozenset[str] | None:
    """The only values that fulfil it; None where they are not a plain list."""
    if matcher.operator is Operator.EQUAL:
        return frozenset({matcher.value})
    if matcher.operator is not Operator.MATCHES:
        return None
    listed = _LISTS.fullmatch(matcher.value)
    if listed is None:
        return None
    around = matcher.value[: listed.start(1)], matcher.value[listed.end(1) :]
    values = listed[1].split("|")
    return frozenset(values) if around in _WHOLE or (around in _ONE and len(values) == 1) else None


def is_always(matcher: Matcher) -> bool:
    """Whether every alert fulfils it."""
    return matcher.operator is Operator.MATCHES and matcher.value in _ANYTHING


def follows(matcher: Matcher, given: Matcher) -> bool:
    """Whether every alert that fulfils the given one fulfils the matcher."""
    if matcher == given or is_always(matcher):
        return True
    if matcher.name != given.name:
        return False
    values = allowed(given)
    if values is not None:
        return all(matcher.matches({matcher.name: value}) for value in values)
    present = matcher.operator is Operator.NOT_EQUAL and matcher.value == ""
    return present and not given.matches({})


def excludes(one: Matcher, other: Matcher) -> bool:
    """Whether no alert fulfils both."""
    if one.name != other.name:
        return False
    if one.value == other.value and _NEGATED[one.operator] is other.operator:
        return True
    for given, asked in ((one, other), (other, one)):
        values = allowed(given)
        if values is not None and not any(asked.matches({asked.name: value}) for value in values):
            return True
    return False


def negated(matcher: Matcher) -> Matcher:
    """The matcher that an alert fulfils if it does not fulfil this one."""
    return Matcher(matcher.name, _NEGATED[matcher.operator], matcher.value)


def all_follow(matchers: Sequence[Matcher], given: Sequence[Matcher]) -> bool:
    """Whether every alert that fulfils all the given ones fulfils all the matchers."""
    return all(is_always(one) or any(follows(one, known) for known in given) for one in matchers)


def exclusive(matchers: Sequence[Matcher], given: Sequence[Matcher]) -> tuple[Matcher, Matcher] | None:
    """A matcher that excludes a given one, or another matcher; of very many, None without a look."""
    if len(matchers) + len(given) > _COMPARED:
        return None
    for index, one in enumerate(matchers):
        for other in (*given, *matchers[:index]):
            if excludes(one, other):
                return one, other
    return None
