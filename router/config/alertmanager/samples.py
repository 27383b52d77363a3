"""Label sets that reach the routes of a tree, to hold two programs' answers against each other."""

import re
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Final

from router.core.match.matcher import Matcher, Operator
from router.core.model.rules.route import Route

_PLAIN: Final = re.compile(r"\^?\(?((?:[\w-]+\|)*[\w-]+)\)?\$?", re.ASCII)
_PARTS: Final = re.compile(r"[\w-]+", re.ASCII)


def label_sets(root: Route, most: int) -> list[Mapping[str, str]]:
    """Different sets: none, what takes each route, and that without each of its labels."""
    found = dict.fromkeys(tuple(sorted(one.items())) for one in islice(_sets(root), most * 10))
    return [dict(one) for one in islice(found, most)]


def _sets(root: Route) -> Iterator[Mapping[str, str]]:
    yield {"alertname": "Sample"}
    taking = list(_taking(root, {"alertname": "Sample"}))
    yield from taking
    for labels in taking:
        for name in labels:
            yield {other: value for other, value in labels.items() if other != name}


def _taking(route: Route, above: Mapping[str, str]) -> Iterator[Mapping[str, str]]:
    for child in route.routes:
        labels = {**above, **{one.name: _value(one) for one in child.matchers if _value(one)}}
        yield labels
        yield from _taking(child, labels)


def _value(matcher: Matcher) -> str:
    """A value that fulfils the matcher, or nearly; empty where none is as good."""
    match matcher.operator:
        case Operator.EQUAL:
            return matcher.value
        case Operator.MATCHES:
            plain = _PLAIN.fullmatch(matcher.value)
            return plain[1].split("|")[-1] if plain else "-".join(_PARTS.findall(matcher.value)[:1])
        case _:
            return ""
