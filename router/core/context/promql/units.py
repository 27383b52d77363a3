"""What the values of an expression are counted in, as far as its form shows.

Metrics carry their unit as a suffix (prometheus.io/docs/practices/naming). What is not certain is a plain number.
"""

import re
from typing import Final

from promql_parser import (
    AggregateExpr,
    BinaryExpr,
    Call,
    Expr,
    MatrixSelector,
    SubqueryExpr,
    UnaryExpr,
    VectorSelector,
)

from router.core.context.chart import Unit
from router.core.context.promql import nodes
from router.core.context.promql.constant import constant

_SUFFIXES: Final = {
    "bytes": Unit.BYTES,
    "seconds": Unit.SECONDS,
    "ratio": Unit.RATIO,
    "percent": Unit.PERCENT,
    "percentage": Unit.PERCENT,
}
_PARTS_OF_A_METRIC: Final = re.compile(r"_(?:total|sum|bucket)$")
_MOMENT: Final = re.compile(r"_(?:timestamp|time|date)_seconds$")
_COUNTS: Final = frozenset({"count", "count_values", "group"})
_PER_SECOND: Final = frozenset({"rate", "irate", "deriv"})
_KEEP: Final = frozenset(
    {
        "increase",
        "delta",
        "idelta",
        "predict_linear",
        "abs",
        "clamp",
        "clamp_min",
        "clamp_max",
        "round",
        "ceil",
        "floor",
    }
    | {f"{what}_over_time" for what in ("avg", "min", "max", "sum", "last", "quantile")}
    | {"histogram_quantile", "label_replace", "label_join", "sort", "sort_desc"}
)
_RATES: Final = frozenset({"+", "-"})
_HUNDRED: Final = 100.0


def unit_of(expr: Expr) -> Unit:
    """The unit of an expression's values; a ratio is one only if they lie between 0 and 1."""
    expr = nodes.bare(expr)
    match expr:
        case VectorSelector():
            return _suffix(expr.name or "")
        case MatrixSelector():
            return unit_of(expr.vector_selector)
        case UnaryExpr() | SubqueryExpr():
            return unit_of(expr.expr)
        case AggregateExpr():
            return Unit.NUMBER if str(expr.op) in _COUNTS else unit_of(expr.expr)
        case Call():
            return _called(expr)
        case BinaryExpr():
            return _operated(expr)
        case _:
            return Unit.NUMBER


def _suffix(metric: str) -> Unit:
    metric = _PARTS_OF_A_METRIC.sub("", metric)
    if _MOMENT.search(metric):
        return Unit.NUMBER
    return _SUFFIXES.get(metric.rpartition("_")[2], Unit.NUMBER)


def _called(call: Call) -> Unit:
    if call.func.name not in _KEEP:
        return Unit.NUMBER
    series = next(part for part in nodes.children(call) if not nodes.is_scalar(part))
    return unit_of(_total(series)) if call.func.name == "histogram_quantile" else unit_of(series)


def _total(expr: Expr) -> Expr:
    """Below the aggregations and rates of buckets: the quantile is in the unit of what was measured."""
    expr = nodes.bare(expr)
    if isinstance(expr, AggregateExpr):
        return _total(expr.expr)
    if isinstance(expr, Call) and expr.func.name in _PER_SECOND:
        return _total(nodes.children(expr)[0])
    return expr


def _operated(operation: BinaryExpr) -> Unit:
    symbol = str(operation.op)
    if symbol in nodes.COMPARISONS and not nodes.returns_bool(operation):
        return unit_of(operation.rhs if nodes.is_scalar(operation.lhs) else operation.lhs)
    if symbol in nodes.SET_OPERATORS:
        return unit_of(operation.lhs)
    if symbol in _RATES:
        return _sum(operation)
    if symbol == "*":
        return _product(operation)
    return _quotient(operation) if symbol == "/" else Unit.NUMBER


def _sum(operation: BinaryExpr) -> Unit:
    sides = (operation.lhs, operation.rhs)
    if any(isinstance(bare := nodes.bare(side), Call) and bare.func.name == "time" for side in sides):
        return Unit.SECONDS
    units = {unit_of(side) for side in sides if constant(side) is None}
    return units.pop() if len(units) == 1 else Unit.NUMBER


def _product(operation: BinaryExpr) -> Unit:
    factor = _hundredfold(operation)
    return Unit.PERCENT if factor is not None and unit_of(factor) is Unit.RATIO else Unit.NUMBER


def _hundredfold(expr: Expr) -> Expr | None:
    """What is multiplied by 100."""
    expr = nodes.bare(expr)
    if not isinstance(expr, BinaryExpr) or str(expr.op) != "*":
        return None
    if constant(expr.lhs) == _HUNDRED:
        return expr.rhs
    return expr.lhs if constant(expr.rhs) == _HUNDRED else None


def _quotient(operation: BinaryExpr) -> Unit:
    if constant(operation.lhs) is not None or constant(operation.rhs) is not None:
        return Unit.NUMBER
    hundredth = _hundredfold(operation.lhs)
    if _measured(hundredth or operation.lhs) != _measured(operation.rhs):
        return unit_of(_total(operation.lhs)) if _is_mean(operation) else Unit.NUMBER
    return Unit.RATIO if hundredth is None else Unit.PERCENT


def _measured(expr: Expr) -> tuple[Unit, bool]:
    """What is measured, and whether per second: only like can be a part of like."""
    expr = nodes.bare(expr)
    if isinstance(expr, AggregateExpr) and str(expr.op) not in _COUNTS:
        return _measured(expr.expr)
    if isinstance(expr, Call) and expr.func.name in _PER_SECOND:
        return unit_of(nodes.children(expr)[0]), True
    if isinstance(expr, BinaryExpr) and str(expr.op) in _RATES:
        sides = {_measured(side) for side in (expr.lhs, expr.rhs) if constant(side) is None}
        return sides.pop() if len(sides) == 1 else (unit_of(expr), False)
    return unit_of(expr), False


def _is_mean(operation: BinaryExpr) -> bool:
    above, below = (
        {selector.name or "" for selector in nodes.selectors(side)} for side in (operation.lhs, operation.rhs)
    )
    return bool(above) and {name.removesuffix("_sum") + "_count" for name in above} == below
