"""The rows of `docs/bounds.md` about charts: what Prometheus answers, and the expressions of alerts."""

from typing import Final

from tools.docs.bound import Bound

_READING: Final = "core.context.promql.reading"
_TESTS: Final = "core/context/test_expression.py::"
_NO_CHART: Final = "no chart: `too_large`"

EXPRESSIONS: Final = (
    Bound(
        "link to where an alert comes from, in which its expression is looked for",
        "characters",
        "core.context.source",
        "MAX_LINK",
        _NO_CHART,
        "core/context/test_source.py::test_a_link_is_so_long",
    ),
    Bound(
        "expression of an alert",
        "bytes",
        _READING,
        "MAX_EXPRESSION",
        _NO_CHART,
        f"{_TESTS}test_an_expression_is_so_long",
    ),
    Bound(
        "parentheses, braces and brackets that an expression opens",
        "",
        _READING,
        "MAX_OPENED",
        _NO_CHART,
        f"{_TESTS}test_an_expression_opens_so_many",
    ),
    Bound(
        "operators of an expression",
        "",
        _READING,
        "MAX_OPERATORS",
        _NO_CHART,
        f"{_TESTS}test_an_expression_has_so_many_operators",
    ),
    Bound(
        "cost of the regular expressions in an expression",
        "",
        _READING,
        "MAX_REGEX_COST",
        _NO_CHART,
        f"{_TESTS}test_regular_expressions_cost_so_much",
    ),
    Bound(
        "values of a label, and labels, by which a query is narrowed",
        "",
        "core.context.promql.narrow",
        "MAX_NARROWED",
        "not narrowed by that label: the answer is larger",
        f"{_TESTS}test_so_many_values_narrow_a_query",
    ),
    Bound(
        "query of a chart, narrowed to its alerts",
        "characters",
        "core.context.expression",
        "MAX_QUERY",
        "not narrowed: the answer is larger",
        f"{_TESTS}test_a_query_that_would_be_longer_is_not_narrowed",
    ),
)
