"""Which matchers may be added to which selectors without another result for the alert's own series.

A series of the result belongs to an alert if no label that both have differs. `label=~"value|"` keeps, besides the
series with this value, those without the label, whose label came from the rule or the sender's configuration. It may
be added wherever the label of the result is that of the input, series by series: not below an aggregation that drops
it, not where `label_replace` writes labels, not where vectors are matched without it. Elsewhere nothing is added:
what is drawn is chosen by the labels of the answer in any case, this only keeps the answer small.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from promql_parser import (
    AggregateExpr,
    BinaryExpr,
    Call,
    Expr,
    MatrixSelector,
    ParenExpr,
    SubqueryExpr,
    UnaryExpr,
)

from router.core.context.promql import nodes
from router.core.context.promql.writing import Added, name, quoted

MAX_NARROWED: Final = 20
"""Values of a label that are named in a query, and labels that are."""

_LONGEST: Final = 200
_SPECIAL: Final = re.compile(r"([\\.+*?()|\[\]{}^$])")
_NAME: Final = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
_BY_SERIES: Final = frozenset(
    {"rate", "irate", "increase", "delta", "idelta", "deriv", "predict_linear", "changes", "resets", "timestamp"}
    | {
        f"{what}_over_time"
        for what in ("avg", "min", "max", "sum", "count", "last", "stddev", "stdvar", "present", "quantile")
    }
    | {
        "abs",
        "ceil",
        "floor",
        "round",
        "exp",
        "ln",
        "log2",
        "log10",
        "sqrt",
        "sgn",
        "clamp",
        "clamp_min",
        "clamp_max",
    }
)
_BUCKETS: Final = frozenset({"le"})


def alternatives(values: Mapping[str, frozenset[str]]) -> Mapping[str, str]:
    """For each label the matcher that keeps these values and series without it; none for what would be too long."""
    usable = sorted(label for label, chosen in values.items() if _usable(label, chosen))[:MAX_NARROWED]
    matchers = {label: _matcher(label, values[label]) for label in usable}
    return {label: matcher for label, matcher in matchers.items() if len(matcher) <= _LONGEST}


def _usable(label: str, chosen: frozenset[str]) -> bool:
    if not _NAME.fullmatch(label) or label.startswith("__") or label == "alertname":
        return False
    return 0 < len(chosen) <= MAX_NARROWED


def _matcher(label: str, chosen: frozenset[str]) -> str:
    escaped = "|".join(_SPECIAL.sub(r"\\\1", value) for value in sorted(chosen))
    return f"{name(label)}=~{quoted(escaped + '|')}"


@dataclass(frozen=True, slots=True)
class Narrowed:
    """`kept`, by label, as far as it may be added here; `always` is added to each selector."""

    kept: Mapping[str, str]
    always: tuple[str, ...] = ()

    def matchers(self) -> tuple[str, ...]:
        """As PromQL."""
        return (*self.always, *self.kept.values())

    def below(self, parent: Expr, index: int) -> Added:
        """What of it may be added to a part of `parent`."""
        if not self.kept:
            return self
        kept = {label: matcher for label, matcher in self.kept.items() if _passes(parent, index, label)}
        return replace(self, kept=kept)


def _passes(parent: Expr, index: int, label: str) -> bool:
    match parent:
        case ParenExpr() | UnaryExpr() | SubqueryExpr() | MatrixSelector():
            return True
        case AggregateExpr():
            return _is_grouped(parent, label) and index == len(nodes.children(parent)) - 1
        case Call():
            return _through_call(parent, index, label)
        case BinaryExpr():
            return _through_operation(parent, index, label)
        case _:
            return False


def _is_grouped(aggregate: AggregateExpr, label: str) -> bool:
    named = label in nodes.aggregated_labels(aggregate)
    writes = str(aggregate.op) == "count_values"
    return not writes and named == nodes.is_by(aggregate)


def _through_call(call: Call, index: int, label: str) -> bool:
    function = call.func.name
    if function == "histogram_quantile":
        return index == 1 and label not in _BUCKETS
    return function in _BY_SERIES and not nodes.is_scalar(nodes.children(call)[index])


def _through_operation(operation: BinaryExpr, index: int, label: str) -> bool:
    if nodes.is_scalar(operation.lhs) or nodes.is_scalar(operation.rhs):
        return not nodes.is_scalar(nodes.children(operation)[index])
    matched = (label in nodes.matched_labels(operation)) == nodes.is_on(operation)
    symbol = str(operation.op)
    if symbol in nodes.SET_OPERATORS:
        return matched or (index == 0 and symbol != "or")
    if label in nodes.group_labels(operation):
        return False
    many = {"group_left": 0, "group_right": 1}.get(nodes.grouped(operation))
    return matched or index == many
