"""What an expression of numbers alone comes to, as Prometheus computes it."""

import math
import operator
from collections.abc import Callable, Mapping
from typing import Final

from promql_parser import BinaryExpr, Expr, NumberLiteral, UnaryExpr

from router.core.context.promql import nodes

_OPERATIONS: Final[Mapping[str, Callable[[float, float], float]]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "%": math.fmod,
    "^": math.pow,
    "atan2": math.atan2,
}


def constant(expr: Expr) -> float | None:
    """The number; None where it is not one, or infinite."""
    expr = nodes.bare(expr)
    match expr:
        case NumberLiteral():
            return expr.val if math.isfinite(expr.val) else None
        case UnaryExpr():
            inner = constant(expr.expr)
            return None if inner is None else -inner
        case BinaryExpr():
            return _computed(str(expr.op), constant(expr.lhs), constant(expr.rhs))
        case _:
            return None


def _computed(symbol: str, left: float | None, right: float | None) -> float | None:
    operation = _OPERATIONS.get(symbol)
    if operation is None or left is None or right is None:
        return None
    try:
        value = operation(left, right)
    except (ArithmeticError, ValueError):
        return None
    return value if math.isfinite(value) else None
