"""A parsed expression as PromQL again, each selector with further matchers.

The parser's own `str` escapes nothing, and its `prettify` does not show what was changed. Strings are written as JSON
has them, which is PromQL's way too: quotes, backslashes and control characters never stand for themselves.
"""

import json
import math
import re
from datetime import timedelta
from typing import Any, Final, Protocol

from promql_parser import (
    AggregateExpr,
    BinaryExpr,
    Call,
    Expr,
    Matcher,
    MatchOp,
    MatrixSelector,
    NumberLiteral,
    ParenExpr,
    StringLiteral,
    SubqueryExpr,
    UnaryExpr,
    VectorSelector,
    display_duration,
)

from router.core.context.promql import nodes

_IDENTIFIER: Final = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
_NO_TIME: Final = timedelta(0)


class Added(Protocol):
    """Which matchers to add to the selectors of an expression, and of each part of it."""

    def matchers(self) -> tuple[str, ...]:
        """As PromQL, for a selector that stands here."""

    def below(self, parent: Expr, index: int) -> "Added":
        """The same for the part of `parent` at `index` of its `children`."""


class Nothing:
    """Adds no matchers: the expression as it is."""

    def matchers(self) -> tuple[str, ...]:
        """None."""
        return ()

    def below(self, _parent: Expr, _index: int) -> Added:
        """The same."""
        return self


def written(expr: Expr, added: Added) -> str:
    """The expression as PromQL on one line."""
    match expr:
        case VectorSelector():
            return _selected(expr, added) + _when(expr.at, expr.offset)
        case MatrixSelector():
            return _matrix(expr, added.below(expr, 0))
        case NumberLiteral():
            return number(expr.val)
        case StringLiteral():
            return quoted(expr.val)
        case BinaryExpr():
            return _binary(expr, added)
        case AggregateExpr():
            return _aggregate(expr, added)
        case _:
            return _around(expr, added)


def _around(expr: Expr, added: Added) -> str:
    parts = [written(part, added.below(expr, index)) for index, part in enumerate(nodes.children(expr))]
    match expr:
        case ParenExpr():
            return f"({parts[0]})"
        case UnaryExpr():
            return f"-{parts[0]}"
        case Call():
            return f"{expr.func.name}({', '.join(parts)})"
        case SubqueryExpr():
            step = _duration(expr.step) if expr.step else ""
            return f"{parts[0]}[{_duration(expr.range or _NO_TIME)}:{step}]{_when(expr.at, expr.offset)}"
        case _:
            raise AssertionError(f"a part of PromQL that is not known: {type(expr).__name__}")


def quoted(text: str) -> str:
    """A string of PromQL that reads as this text, whatever stands in it."""
    return json.dumps(text, ensure_ascii=False)


def name(text: str) -> str:
    """A label's name, in quotes where it needs them."""
    return text if _IDENTIFIER.fullmatch(text) else quoted(text)


def number(value: float) -> str:
    """A number of PromQL."""
    if math.isfinite(value):
        return repr(value).removesuffix(".0")
    return "NaN" if math.isnan(value) else ("Inf" if value > 0 else "-Inf")


def _selected(selector: VectorSelector, added: Added) -> str:
    matchers = [*map(_matcher, selector.matchers.matchers), *added.matchers()]
    alternatives = [",".join(map(_matcher, group)) for group in selector.matchers.or_matchers]
    inside = " or ".join(filter(None, [",".join(matchers), *alternatives]))
    return f"{selector.name or ''}{{{inside}}}" if inside or not selector.name else selector.name


def _matcher(matcher: Matcher) -> str:
    return f"{name(matcher.name)}{_operator(matcher.op)}{quoted(matcher.value)}"


def _operator(operator: Any) -> str:  # noqa: ANN401 - the parser gives its operators no types
    if operator == MatchOp.Equal:
        return "="
    if operator == MatchOp.NotEqual:
        return "!="
    return "=~" if operator == MatchOp.Re else "!~"


def _matrix(matrix: MatrixSelector, added: Added) -> str:
    selector = matrix.vector_selector
    return f"{_selected(selector, added)}[{_duration(matrix.range)}]{_when(selector.at, selector.offset)}"


def _when(at: object, offset: timedelta | None) -> str:
    return (f" {at}" if at else "") + (f" offset {_duration(offset)}" if offset else "")


def _duration(span: timedelta) -> str:
    return f"-{display_duration(-span)}" if span < _NO_TIME else display_duration(span)


def _binary(operation: BinaryExpr, added: Added) -> str:
    left = written(operation.lhs, added.below(operation, 0))
    right = written(operation.rhs, added.below(operation, 1))
    return " ".join(filter(None, [left, str(operation.op), _modifier(operation), right]))


def _modifier(operation: BinaryExpr) -> str:
    modifier = operation.modifier
    if modifier is None:
        return ""
    words = ["bool"] if modifier.return_bool else []
    if modifier.matching:
        words.append(f"{'on' if nodes.is_on(operation) else 'ignoring'} {_names(modifier.matching.labels)}")
    if group := nodes.grouped(operation):
        words.append(f"{group} {_names(nodes.group_labels(operation))}")
    return " ".join(words)


def _names(labels: Any) -> str:  # noqa: ANN401 - nor its lists
    return f"({', '.join(map(name, labels))})"


def _aggregate(aggregate: AggregateExpr, added: Added) -> str:
    parts = [written(part, added.below(aggregate, index)) for index, part in enumerate(nodes.children(aggregate))]
    grouping = ""
    if aggregate.modifier:
        grouping = f" {'by' if nodes.is_by(aggregate) else 'without'} {_names(aggregate.modifier.labels)} "
    return f"{aggregate.op}{grouping}({', '.join(parts)})"
