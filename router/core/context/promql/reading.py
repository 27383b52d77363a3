"""From text that anybody may have sent to a parsed expression.

`promql-parser` recurses without a bound (deep nesting ends the process), takes time that grows with the square of the
depth, and compiles each regular expression. So the text is bounded by counting characters before it is handed over;
what stands in strings is counted too, so that nothing depends on where a string ends.
"""

import math
import re
from typing import Final

import promql_parser
from promql_parser import BinaryExpr, Expr, MatchOp, VectorSelector

from router.core.context.promql import nodes
from router.core.context.undrawn import Undrawn, UndrawnError
from router.core.model.rules.context import OnlyLabel

MAX_EXPRESSION: Final = 4096
"""Bytes of an expression."""

MAX_OPENED: Final = 64
"""Parentheses, braces and brackets that an expression opens."""

MAX_OPERATORS: Final = 128
"""Operators in an expression, signs and those of matchers included."""

MAX_REGEX_COST: Final = 8000
"""Characters of an expression, and 250 for each escape of a class (0.5 ms each), times all that it repeats."""

_ESCAPE_COST: Final = 250
_OPENED: Final = re.compile(r"[(\[{]")
_OPERATOR: Final = re.compile(r"[-+*/%^<>=!]|\b(?:and|or|unless|atan2)\b", re.IGNORECASE)
_ESCAPE: Final = re.compile(r"\\[A-Za-z]")
_REPEATED: Final = re.compile(r"\{\s*(\d{1,9})?\s*,?\s*(\d{1,9})?\s*,?\}")
_READ_OTHERWISE: Final = re.compile(r"`|\\[xuU0-7]")
"""Raw strings, which the parser unescapes and Prometheus does not; characters by number, which would hide others."""


def read(text: str) -> Expr:
    """The parsed expression; takes at most some ten milliseconds whatever the text.

    Raises:
        UndrawnError: the text is too large or not PromQL (as of Prometheus 2.45 and what the parser knows since).
    """
    _bound(text)
    try:
        expr = promql_parser.parse(text)
    except ValueError:
        raise UndrawnError(Undrawn.UNREADABLE) from None
    if any(isinstance(part, BinaryExpr) and nodes.is_filled(part) for part in nodes.parts(expr)):
        raise UndrawnError(Undrawn.UNREADABLE)  # `fill` is an experiment of the parser's
    return expr


def reads_with(query: str, only: OnlyLabel) -> bool:
    """Whether each selector of a query that we wrote ourselves reads only what has this label."""
    try:
        selectors = nodes.selectors(promql_parser.parse(query))
    except ValueError:
        return False
    return bool(selectors) and all(_has(selector, only) for selector in selectors)


def _has(selector: VectorSelector, only: OnlyLabel) -> bool:
    if selector.matchers.or_matchers:
        return False
    return any(
        matcher.op == MatchOp.Equal and (matcher.name, matcher.value) == (only.name, only.value)
        for matcher in selector.matchers.matchers
    )


def _bound(text: str) -> None:
    if len(text) > MAX_EXPRESSION or len(text.encode(errors="replace")) > MAX_EXPRESSION:
        raise UndrawnError(Undrawn.TOO_LARGE)
    if len(_OPENED.findall(text)) > MAX_OPENED or len(_OPERATOR.findall(text)) > MAX_OPERATORS:
        raise UndrawnError(Undrawn.TOO_LARGE)
    if _READ_OTHERWISE.search(text):
        raise UndrawnError(Undrawn.UNREADABLE)
    if _regex_cost(text) > MAX_REGEX_COST:
        raise UndrawnError(Undrawn.TOO_LARGE)


def _regex_cost(text: str) -> int:
    repeated = (max(int(low or 1), int(high or 1)) for low, high in _REPEATED.findall(text))
    return (len(text) + _ESCAPE_COST * len(_ESCAPE.findall(text))) * math.prod(repeated)
