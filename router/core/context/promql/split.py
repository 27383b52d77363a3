"""An alert's expression split into what is drawn and the limit that it has.

One rule decides: the line is what Prometheus has as the alert's `$value`, at all times instead of only while it
fires. So of `line > limit` the line is drawn, of `limit < line` too, since a comparison keeps the vector's value
(prometheus.io/docs/prometheus/latest/querying/operators, "Comparison binary operators"); of `A and B` and of
`A unless B` the same as of A, since their result is A's series with A's values ("Logical/set binary operators").
"""

from dataclasses import dataclass
from typing import Final

from promql_parser import BinaryExpr, Expr, MatrixSelector, StringLiteral, VectorSelector

from router.core.context.chart import Side, Threshold
from router.core.context.promql import nodes
from router.core.context.promql.constant import constant
from router.core.context.promql.writing import Nothing, written
from router.core.context.undrawn import Undrawn, UndrawnError

_SIDES: Final = {">": Side.ABOVE, ">=": Side.ABOVE, "<": Side.BELOW, "<=": Side.BELOW}
_OTHER: Final = {Side.ABOVE: Side.BELOW, Side.BELOW: Side.ABOVE}
_ABSENT: Final = frozenset({"absent", "absent_over_time"})


@dataclass(frozen=True, slots=True)
class Split:
    """The expressions that are drawn, one, or two that are compared with each other; and the limit of the one."""

    lines: tuple[Expr, ...]
    threshold: Threshold | None = None


def split(expr: Expr) -> Split:
    """What to draw of an alert's expression.

    Raises:
        UndrawnError: nothing, and why.
    """
    result = _split(nodes.bare(expr))
    for line in result.lines:
        _check(line)
    return result


def _split(expr: Expr) -> Split:
    symbol = str(expr.op) if isinstance(expr, BinaryExpr) else ""
    if not isinstance(expr, BinaryExpr) or symbol in nodes.ARITHMETIC:
        return Split((expr,))
    if symbol == "or":
        raise UndrawnError(Undrawn.EITHER)
    if symbol in nodes.SET_OPERATORS:
        return _left_of(expr)
    return _compared(expr)


def _left_of(expr: BinaryExpr) -> Split:
    left = _split(nodes.bare(expr.lhs))
    right = nodes.bare(expr.rhs)
    if str(expr.op) == "and" and left.threshold and _limits(right, left.lines[0]):
        return Split(left.lines)  # fires between two limits, and one of them alone would be half of it
    return left


def _limits(expr: Expr, line: Expr) -> bool:
    if not isinstance(expr, BinaryExpr) or str(expr.op) not in nodes.COMPARISONS:
        return False
    return any(_same(nodes.bare(side), line) for side in (expr.lhs, expr.rhs))


def _same(one: Expr, other: Expr) -> bool:
    return written(one, Nothing()) == written(other, Nothing())


def _compared(expr: BinaryExpr) -> Split:
    if nodes.is_scalar(expr.lhs) and nodes.is_scalar(expr.rhs):
        raise UndrawnError(Undrawn.NO_SERIES)
    if nodes.returns_bool(expr):
        raise UndrawnError(Undrawn.ALWAYS)
    if nodes.is_scalar(expr.rhs):
        return _limited(nodes.bare(expr.lhs), _SIDES.get(str(expr.op)), expr.rhs)
    if nodes.is_scalar(expr.lhs):
        side = _SIDES.get(str(expr.op))
        return _limited(nodes.bare(expr.rhs), _OTHER[side] if side else None, expr.lhs)
    return _both(nodes.bare(expr.lhs), nodes.bare(expr.rhs))


def _limited(line: Expr, side: Side | None, limit: Expr) -> Split:
    """Equal to a constant, or not, has no side, and an infinite limit no place: the line alone."""
    value = constant(limit)
    if nodes.selectors(limit) or "time" in nodes.calls(limit):
        raise UndrawnError(Undrawn.MOVING_LIMIT)
    if isinstance(line, BinaryExpr) and _is_limited(line):
        return Split(_compared(line).lines)  # two limits in a row: `(line > 90) < 95`
    return Split((line,), Threshold(value, side) if side and value is not None else None)


def _is_limited(line: BinaryExpr) -> bool:
    compares = str(line.op) in nodes.COMPARISONS and not nodes.returns_bool(line)
    return compares and (nodes.is_scalar(line.lhs) != nodes.is_scalar(line.rhs))


def _both(left: Expr, right: Expr) -> Split:
    """Two vectors: their metrics' names keep two lines apart, and anything else would not."""
    names = {side.name for side in (left, right) if isinstance(side, VectorSelector) and side.name}
    if len(names) != 2:
        raise UndrawnError(Undrawn.MOVING_LIMIT)
    return Split((left, right))


def _check(line: Expr) -> None:
    if isinstance(line, MatrixSelector | StringLiteral):
        raise UndrawnError(Undrawn.UNREADABLE)
    if _ABSENT & nodes.calls(line):
        raise UndrawnError(Undrawn.ABSENT)
    if not nodes.selectors(line) or nodes.is_scalar(line):
        raise UndrawnError(Undrawn.NO_SERIES)
