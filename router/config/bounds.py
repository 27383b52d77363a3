"""How much one document may hold: what is beyond is refused before it costs anybody time or memory.

Counts are taken from the plain data, before anything is validated; patterns from the valid document. The size of the
text and its depth are bounded where it is parsed, single values where they are validated.
"""

from collections.abc import Iterator, Mapping
from itertools import chain, islice
from typing import Final

from router.config.document.inhibition import InhibitEntry
from router.config.document.metrics import MetricEntry
from router.config.document.routes import Branch, Inheritable
from router.config.document.tenant import TenantDocument
from router.core.match.patterns import Pattern, compiled_pattern
from router.diagnostic import Diagnostic, KeyPath

MAX_VALUES: Final = 100_000
"""Values of a document, keys and entries on all levels together: four times what 5,000 usual routes have."""

MAX_ROUTES: Final = 5_000
"""Routes of a document, all levels together."""

MAX_MATCHERS: Final = 10_000
"""Matchers of all routes of a document; each `=`, `!=`, `=~` and `!~` counts, also one within quotes."""

MAX_RECEIVERS: Final = 1_000
"""Receivers of a document."""

MAX_TEMPLATES: Final = 50
"""Templates of a document; each is tried on samples in every language when it is validated."""

MAX_HEARTBEATS: Final = 20
"""Heartbeats of a document: each alert is compared with all of them."""

MAX_INHIBIT_RULES: Final = 200
"""Inhibition rules of a document: an alert may be a source of all of them, and is stored as that under each."""

MAX_METRICS: Final = 20
"""Metrics of a document: each alert that begins to fire is compared with all of them."""

MAX_INTERVALS: Final = 200
"""Time intervals of a document."""

MAX_SPECS: Final = 500
"""Parts of all time intervals of a document: where a route names many, all are looked at each minute."""

MAX_CHANNELS: Final = 1_000
"""Channels that the operator names for a tenant."""

MAX_SEVERITIES: Final = 100
"""Severities in `severity.order`, and in `emoji.severity`."""

MAX_PATTERNS: Final = 500
"""Different patterns in the matchers of a document, each label's counted apart; equal ones are one."""

MAX_PATTERN_SIZE: Final = 10_000
"""Instructions of all these patterns. `db|storage` has 13, `.*prod.*` 24, `\\pL+` 1,301."""

MAX_REDACTION_SIZE: Final = 2_000
"""Instructions of all patterns of `redact`, which look through every text of a message."""

_LISTS: Final[Mapping[KeyPath, int]] = {
    ("receivers",): MAX_RECEIVERS,
    ("templates",): MAX_TEMPLATES,
    ("heartbeats",): MAX_HEARTBEATS,
    ("inhibit_rules",): MAX_INHIBIT_RULES,
    ("metrics",): MAX_METRICS,
    ("time_intervals",): MAX_INTERVALS,
    ("platform", "slack", "channels"): MAX_CHANNELS,
    ("severity", "order"): MAX_SEVERITIES,
    ("emoji", "severity"): MAX_SEVERITIES,
}
_FEWER: Final = "merge patterns of one label with |, or use = and one route for each value"


def too_many(data: object) -> Iterator[Diagnostic]:
    """Lists of plain data that are longer than they may be, each at its first entry beyond."""
    if (beyond := too_large(data)) is not None:
        yield beyond
        return
    yield from too_long(data, _LISTS)
    yield from _too_many_routes(_at(data, ("route",)))
    yield from _too_many_specs(_list(_at(data, ("time_intervals",))))


def too_large(data: object) -> Diagnostic | None:
    """What is wrong with plain data of any document that holds too much, on all levels together."""
    if _has_at_most(data, MAX_VALUES):
        return None
    return Diagnostic(f"more than {MAX_VALUES} values on all levels together; shorten the document")


def too_long(data: object, lists: Mapping[KeyPath, int]) -> Iterator[Diagnostic]:
    """Of these lists and mappings, with what they may hold, those that hold more, at the first entry beyond."""
    for path, most in lists.items():
        found = _at(data, path)
        if isinstance(found, list | dict) and len(found) > most:
            beyond = most if isinstance(found, list) else next(islice(found, most, None))
            yield Diagnostic(f"{len(found)} entries; at most {most} are allowed; remove some", (*path, beyond))


def too_costly(document: TenantDocument) -> Iterator[Diagnostic]:
    """The pattern at which the document's patterns are too many, or cost too much together."""
    yield from _too_costly_routes(document)
    size = 0
    for index, text in enumerate(document.redact.patterns):
        size += compiled_pattern(text).size
        if size > MAX_REDACTION_SIZE:
            yield _together(size, MAX_REDACTION_SIZE, "leave out or shorten some", ("redact", "patterns", index))
            return


def _has_at_most(data: object, most: int) -> bool:
    left: list[object] = [data]
    while left and most >= 0:
        value = left.pop()
        if isinstance(value, dict | list):
            most -= len(value)
            left += value.values() if isinstance(value, dict) else value
    return most >= 0


def matchers_of(route: object) -> int:
    """How many matchers a plain route has, without those below it."""
    return sum(map(_operators, _list(_at(route, ("matchers",)))))


def _too_many_routes(root: object) -> Iterator[Diagnostic]:
    routes = matchers = 0
    for path, route in plain_routes(root, ("route",)):
        routes += 1
        matchers += matchers_of(route)
        if routes > MAX_ROUTES:
            yield Diagnostic(f"more than {MAX_ROUTES} routes; merge some, or use group_by", path)
        elif matchers > MAX_MATCHERS:
            yield Diagnostic(f"more than {MAX_MATCHERS} matchers; merge some routes", (*path, "matchers"))
        else:
            continue
        return


def _too_many_specs(intervals: list[object]) -> Iterator[Diagnostic]:
    specs = 0
    for index, interval in enumerate(intervals):
        specs += len(_list(_at(interval, ("time_intervals",))))
        if specs > MAX_SPECS:
            path = ("time_intervals", index, "time_intervals")
            yield Diagnostic(f"more than {MAX_SPECS} parts of all time intervals; merge some", path)
            return


def _operators(matchers: object) -> int:
    return matchers.count("=") + matchers.count("!~") if isinstance(matchers, str) else 0


def plain_routes(route: object, path: KeyPath) -> Iterator[tuple[KeyPath, object]]:
    """All routes below one, as plain data, each with its place."""
    for index, child in enumerate(_list(_at(route, ("routes",)))):
        below = (*path, "routes", index)
        yield below, child
        yield from plain_routes(child, below)


def all_patterns(document: TenantDocument) -> Iterator[tuple[KeyPath, str, Pattern]]:
    """The patterns of routes, inhibition rules and metrics, each with its place and the label that it looks at."""
    of_routes, of_rules = _patterns(document.route, ("route",)), _rule_patterns(document.inhibit_rules)
    return chain(of_routes, of_rules, _metric_patterns(document.metrics))


def _too_costly_routes(document: TenantDocument) -> Iterator[Diagnostic]:
    known: dict[tuple[str, Pattern], KeyPath] = {}
    size = 0
    for path, name, pattern in all_patterns(document):
        if known.setdefault((name, pattern), path) is not path:
            continue
        size += pattern.size
        if len(known) > MAX_PATTERNS:
            yield Diagnostic(f"more than {MAX_PATTERNS} different patterns; {_FEWER}", path)
        elif size > MAX_PATTERN_SIZE:
            yield _together(size, MAX_PATTERN_SIZE, _FEWER, path)
        else:
            continue
        return


def _together(size: int, most: int, remedy: str, path: KeyPath) -> Diagnostic:
    what = f"the patterns up to here have {size} instructions when compiled; at most {most} are allowed"
    return Diagnostic(f"{what}; {remedy}", path)


def _patterns(route: Inheritable, path: KeyPath) -> Iterator[tuple[KeyPath, str, Pattern]]:
    if isinstance(route, Branch):
        for index, text in enumerate(route.matchers):
            where = (*path, "matchers", index)
            yield from ((where, one.name, one.pattern) for one in text.parsed if one.pattern is not None)
    for index, child in enumerate(route.routes):
        yield from _patterns(child, (*path, "routes", index))


def _rule_patterns(rules: tuple[InhibitEntry, ...]) -> Iterator[tuple[KeyPath, str, Pattern]]:
    for index, rule in enumerate(rules):
        for side, texts in (("source_matchers", rule.source_matchers), ("target_matchers", rule.target_matchers)):
            for place, text in enumerate(texts):
                where = ("inhibit_rules", index, side, place)
                yield from ((where, one.name, one.pattern) for one in text.parsed if one.pattern is not None)


def _metric_patterns(metrics: tuple[MetricEntry, ...]) -> Iterator[tuple[KeyPath, str, Pattern]]:
    for index, metric in enumerate(metrics):
        for place, text in enumerate(metric.matchers):
            where = ("metrics", index, "matchers", place)
            yield from ((where, one.name, one.pattern) for one in text.parsed if one.pattern is not None)


def _at(data: object, path: KeyPath) -> object:
    for key in path:
        data = data.get(key) if isinstance(data, Mapping) else None
    return data


def _list(data: object) -> list[object]:
    return data if isinstance(data, list) else []
