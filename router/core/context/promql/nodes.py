"""What the parts of a parsed expression are, in the terms of the language."""

from collections.abc import Iterator
from typing import Final

from promql_parser import (
    AggModifierType,
    AggregateExpr,
    BinaryExpr,
    Call,
    Expr,
    LabelModifierType,
    MatrixSelector,
    ParenExpr,
    SubqueryExpr,
    UnaryExpr,
    ValueType,
    VectorMatchCardinality,
    VectorSelector,
)

COMPARISONS: Final = frozenset({">", "<", ">=", "<=", "==", "!="})
SET_OPERATORS: Final = frozenset({"and", "unless", "or"})
ARITHMETIC: Final = frozenset({"+", "-", "*", "/", "%", "^", "atan2"})


def bare(expr: Expr) -> Expr:
    """The expression without the parentheses around it."""
    while isinstance(expr, ParenExpr):
        expr = expr.expr
    return expr


def children(expr: Expr) -> tuple[Expr, ...]:
    """The parts directly below; a range's selector, an aggregation's parameter and a call's arguments are parts."""
    match expr:
        case BinaryExpr():
            return (expr.lhs, expr.rhs)
        case AggregateExpr():
            return (expr.expr,) if expr.param is None else (expr.param, expr.expr)
        case Call():
            return tuple(expr.args)
        case MatrixSelector():
            return (expr.vector_selector,)
        case ParenExpr() | UnaryExpr() | SubqueryExpr():
            return (expr.expr,)
        case _:
            return ()


def parts(expr: Expr) -> Iterator[Expr]:
    """The expression and all below it."""
    yield expr
    for child in children(expr):
        yield from parts(child)


def selectors(expr: Expr) -> list[VectorSelector]:
    """Each place where series are read by name or labels, those of ranges and subqueries included."""
    return [part for part in parts(expr) if isinstance(part, VectorSelector)]


def calls(expr: Expr) -> set[str]:
    """The functions that are called in it."""
    return {part.func.name for part in parts(expr) if isinstance(part, Call)}


def is_scalar(expr: Expr) -> bool:
    """Whether it is a number at each time, and no vector."""
    expr = bare(expr)
    match expr:
        case Call():
            return bool(expr.func.return_type == ValueType.Scalar)
        case UnaryExpr():
            return is_scalar(expr.expr)
        case BinaryExpr():
            return is_scalar(expr.lhs) and is_scalar(expr.rhs)
        case VectorSelector() | MatrixSelector() | AggregateExpr() | SubqueryExpr():
            return False
        case _:
            return True


def is_by(aggregate: AggregateExpr) -> bool:
    """Whether it keeps the labels that it names, or none where it names none; else it drops those that it names."""
    return aggregate.modifier is None or aggregate.modifier.type == AggModifierType.By


def aggregated_labels(aggregate: AggregateExpr) -> frozenset[str]:
    """The labels that an aggregation names."""
    return frozenset(aggregate.modifier.labels) if aggregate.modifier else frozenset()


def is_on(operation: BinaryExpr) -> bool:
    """Whether vectors are matched on the labels that are named; else on all but those."""
    matching = operation.modifier.matching if operation.modifier else None
    return matching is not None and matching.type == LabelModifierType.Include


def matched_labels(operation: BinaryExpr) -> frozenset[str]:
    """The labels that `on` or `ignoring` name."""
    matching = operation.modifier.matching if operation.modifier else None
    return frozenset(matching.labels) if matching else frozenset()


def is_filled(operation: BinaryExpr) -> bool:
    """Whether a series without a partner is matched with a number all the same."""
    if operation.modifier is None:
        return False
    fill = operation.modifier.fill_values
    return fill.lhs is not None or fill.rhs is not None


def returns_bool(operation: BinaryExpr) -> bool:
    """Whether a comparison is 0 or 1, instead of keeping what it holds for."""
    return operation.modifier is not None and operation.modifier.return_bool


def grouped(operation: BinaryExpr) -> str:
    """`group_left`, `group_right`, or "" where each series has one partner."""
    if operation.modifier is None:
        return ""
    if operation.modifier.card == VectorMatchCardinality.ManyToOne:
        return "group_left"
    return "group_right" if operation.modifier.card == VectorMatchCardinality.OneToMany else ""


def group_labels(operation: BinaryExpr) -> tuple[str, ...]:
    """The labels that the many take from their one partner."""
    return tuple(operation.modifier.group_labels or ()) if operation.modifier else ()
