"""From an alert's expression to the queries of its chart."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from promql_parser import Expr

from router.core.context.chart import Threshold, Unit
from router.core.context.promql import nodes
from router.core.context.promql.narrow import Narrowed, alternatives
from router.core.context.promql.reading import read, reads_with
from router.core.context.promql.split import split
from router.core.context.promql.units import unit_of
from router.core.context.promql.writing import name, quoted, written
from router.core.context.undrawn import Undrawn, UndrawnError
from router.core.match.labels import Labels
from router.core.model.rules.context import OnlyLabel

MAX_QUERY: Final = 16384
"""Characters of a query; one that would be longer asks for the series of others too."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """The queries whose results are drawn, and the limit.

    One query; or two whose metrics are compared with each other, each to be drawn only where it comes to one series.
    """

    queries: tuple[str, ...]
    threshold: Threshold | None
    unit: Unit


@dataclass(frozen=True, slots=True)
class NotDrawn:
    """Nothing is drawn, and why."""

    reason: Undrawn


def drawn(text: str, alerts: Sequence[Labels] = (), only: OnlyLabel | None = None) -> Drawn | NotDrawn:
    """What is drawn of an expression for alerts with these labels; `only` is put into each selector.

    The queries ask for at least all series of these alerts, and, of others, as few as can be done without changing
    those. With `only` no selector reads what has not this label.
    """
    try:
        expr = read(text)
        result = split(expr)
        narrowed = Narrowed(alternatives(_values(alerts)), _enforced(result.lines, only))
    except UndrawnError as error:
        return NotDrawn(error.reason)
    queries = _written(result.lines, narrowed)
    if only and not all(reads_with(query, only) for query in queries):
        return NotDrawn(Undrawn.NOT_ENFORCED)
    return Drawn(queries, result.threshold, unit_of(result.lines[0]))


def _written(lines: Iterable[Expr], narrowed: Narrowed) -> tuple[str, ...]:
    queries = tuple(written(line, narrowed) for line in lines)
    if all(len(query) <= MAX_QUERY for query in queries):
        return queries
    wide = replace(narrowed, kept={})
    return tuple(written(line, wide) for line in lines)


def _values(alerts: Sequence[Labels]) -> Mapping[str, frozenset[str]]:
    """The values of the labels that all of the alerts have."""
    shared = set.intersection(*(set(labels) for labels in alerts)) if alerts else set()
    return {label: frozenset(labels[label] for labels in alerts) for label in shared}


def _enforced(lines: Iterable[Expr], only: OnlyLabel | None) -> tuple[str, ...]:
    if only is None:
        return ()
    for line in lines:
        if "info" in nodes.calls(line) or any(selector.matchers.or_matchers for selector in nodes.selectors(line)):
            raise UndrawnError(Undrawn.NOT_ENFORCED)  # `info` reads series that no selector names
    return (f"{name(only.name)}={quoted(only.value)}",)
