"""The way of an alert through a routing tree, drawn with lines and as plain data."""

from collections.abc import Iterator, Mapping

from router.core.match.matcher import Matcher
from router.core.route.trace import Tried


def drawn(way: Tried, labels: Mapping[str, str]) -> Iterator[str]:
    """A line for each route tried: its conditions, its receiver, and what became of it."""
    yield f"{_name(way)}{_outcome(way, labels)}"
    yield from _below(way, labels, "")


def as_plain(way: Tried) -> dict[str, object]:
    """The same as data: `outcome` is taken, passed (routes below it are taken) or failed."""
    route = way.route
    outcome = "failed" if way.failed is not None else "taken" if way.is_taken else "passed"
    found: dict[str, object] = {
        "matchers": list(map(str, route.matchers)),
        "receiver": route.receiver,
        "outcome": outcome,
        "continue": route.continue_,
    }
    if way.failed is not None:
        found["failed"] = str(way.failed)
    if way.below:
        found["routes"] = [as_plain(one) for one in way.below]
    return {**found, "untried": untried} if (untried := _untried(way)) else found


def _below(way: Tried, labels: Mapping[str, str], indent: str) -> Iterator[str]:
    untried = _untried(way)
    for index, one in enumerate(way.below):
        last = index == len(way.below) - 1 and not untried
        yield f"{indent}{'└── ' if last else '├── '}{_name(one)}{_outcome(one, labels)}"
        yield from _below(one, labels, indent + ("    " if last else "│   "))
    if untried:
        yield f"{indent}└── not tried: {untried} more"


def _untried(way: Tried) -> int:
    """How many routes right below were not tried, since one before them took the alert."""
    return len(way.route.routes) - len(way.below) if way.failed is None else 0


def _name(way: Tried) -> str:
    conditions = ",".join(map(str, way.route.matchers))
    return f"{{{conditions}}} {way.route.receiver}"


def _outcome(way: Tried, labels: Mapping[str, str]) -> str:
    if way.failed is not None:
        return f": no, {_why(way.failed, labels)}"
    goes_on = ", goes on (continue)" if way.route.continue_ else ""
    return f": taken{goes_on}" if way.is_taken else f": matches{goes_on}"


def _why(failed: Matcher, labels: Mapping[str, str]) -> str:
    value = labels.get(failed.name)
    state = "is not there" if value is None else f"is {_short(value)}"
    return f"{failed} fails, {failed.name} {state}"


def _short(value: str) -> str:
    return f'"{value}"' if len(value) <= 60 else f'"{value[:60]}…"'
