"""Of an alert's expression the line of its value is drawn, with the limit that it has; or, for a reason, nothing."""

import math

import promql_parser
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from router.core.context.chart import Side, Threshold
from router.core.context.expression import Drawn, NotDrawn, drawn
from router.core.context.promql import nodes
from router.core.context.promql.constant import constant
from router.core.context.promql.writing import Nothing, number, written
from router.core.context.undrawn import Undrawn
from router.core.model.rules.context import OnlyLabel
from tests.bounds import tries
from tests.cost import cpu_seconds
from tools.docs.chart_rows import ROWS, Row

TENANT = OnlyLabel("tenant", "acme")
SIDES = {"<": Side.BELOW, ">": Side.ABOVE}
VALUES = st.text(max_size=30) | st.sampled_from(
    ['"', '"} or up{x="', "\\", "a|b", "}", "\n", ".*", "`", "\u2028", "\x7f"]
)


def limit(text: str) -> Threshold | None:
    return Threshold(float(text.split()[1]), SIDES[text[0]]) if text else None


def canonical(query: str) -> str:
    return written(promql_parser.parse(query), Nothing())


def one(text: str) -> tuple[str, Threshold | None]:
    result = drawn(text)
    assert isinstance(result, Drawn)
    assert len(result.queries) == 1
    return result.queries[0], result.threshold


@pytest.mark.parametrize("row", [pytest.param(row, id=row.alert) for row in ROWS])
def test_of_public_alerts_exactly_this_is_drawn(row: Row) -> None:
    result = drawn(row.expression)

    if row.reason:
        assert result == NotDrawn(row.reason)
    else:
        assert isinstance(result, Drawn)
        assert result.queries == tuple(map(canonical, row.drawn))
        assert result.threshold == limit(row.limit)
        assert result.unit == row.unit


@pytest.mark.parametrize("row", [pytest.param(row, id=row.alert) for row in ROWS if row.drawn])
def test_the_enforced_label_is_in_every_selector(row: Row) -> None:
    result = drawn(row.expression, [{"instance": "a", "tenant": "other"}], TENANT)

    assert isinstance(result, Drawn)
    for query in result.queries:
        found = nodes.selectors(promql_parser.parse(query))
        assert found
        assert all('tenant="acme"' in str(selector) for selector in found)


@pytest.mark.parametrize("text", ['{a="b" or c="d"} > 1', "info(up) > 1", 'sum(up) / sum({a="b" or c="d"}) > 1'])
def test_an_expression_in_which_the_label_cannot_be_enforced_is_not_asked(text: str) -> None:
    assert drawn(text, only=TENANT) == NotDrawn(Undrawn.NOT_ENFORCED)
    assert isinstance(drawn(text), Drawn)


@given(VALUES, st.sampled_from([row.expression for row in ROWS if row.drawn]))
@example('"} or {__name__=~".+', "up == 0")
def test_no_value_of_a_label_changes_the_shape_of_a_query(value: str, text: str) -> None:
    plain = drawn(text)
    result = drawn(text, [{"job": value, "instance": value}], OnlyLabel("tenant", value))

    assert isinstance(plain, Drawn)
    if isinstance(result, Drawn):
        assert [shape(query) for query in result.queries] == [shape(query) for query in plain.queries]
    else:
        assert result == NotDrawn(Undrawn.NOT_ENFORCED)


def shape(query: str) -> list[tuple[str, str]]:
    parts = nodes.parts(promql_parser.parse(query))
    return [(type(part).__name__, getattr(part, "name", None) or "") for part in parts]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("4*3600", 14400),
        ("1e9", 1e9),
        ("100 - 10", 90),
        ("-(2)", -2),
        ("-1", -1),
        ("2^3", 8),
        ("7 % 4", 3),
        ("(5)", 5),
    ],
)
def test_constants_are_computed(text: str, value: float) -> None:
    assert one(f"x > {text}") == ("x", Threshold(value, Side.ABOVE))
    assert one(f"({text}) >= (x)") == ("x", Threshold(value, Side.BELOW))


@pytest.mark.parametrize("text", ["Inf", "-Inf", "NaN", "1/0", "9^9^9^9", "(-8)^0.5"])
def test_what_is_no_place_on_an_axis_is_no_threshold(text: str) -> None:
    assert one(f"x < {text}") == ("x", None)


def test_two_limits_in_a_row_are_none() -> None:
    assert one("(x > 90) < 95") == ("x", None)
    assert one("x > 90 and 95 > x") == ("x", None)
    assert one("x > 90 and y") == ("x", Threshold(90, Side.ABOVE))
    assert one("x > 90 and (y + 1)") == ("x", Threshold(90, Side.ABOVE))
    assert one("x > 90 and 95 > y") == ("x", Threshold(90, Side.ABOVE))


def test_a_condition_within_the_line_is_part_of_it() -> None:
    assert one("(a or b) > 5") == ("a or b", Threshold(5, Side.ABOVE))
    assert one("(a > bool 3) == 1") == ("a > bool 3", None)


@given(st.floats())
def test_numbers_are_written_as_they_are_read(value: float) -> None:
    read_again = constant(promql_parser.parse(number(value)))

    assert read_again == (value if math.isfinite(value) else None)


@pytest.mark.parametrize(
    ("text", "narrowed"),
    [
        ("x > 1", 'x{job=~"a|"}'),
        ("-x > 1", '-x{job=~"a|"}'),
        ('rate(x{y="z"}[5m] offset 1h) > 1', 'rate(x{y="z",job=~"a|"}[5m] offset 1h)'),
        ("sum by (job) (x) > 1", 'sum by (job) (x{job=~"a|"})'),
        ("sum by (zone) (x) > 1", "sum by (zone) (x)"),
        ("sum without (job) (x) > 1", "sum without (job) (x)"),
        ("sum without (zone) (x) > 1", 'sum without (zone) (x{job=~"a|"})'),
        ("topk(3, x) > 1", "topk(3, x)"),
        ("x / on (job) y > 1", 'x{job=~"a|"} / on (job) y{job=~"a|"}'),
        ("x / on (zone) group_left () y > 1", 'x{job=~"a|"} / on (zone) group_left () y'),
        ("x / on (zone) group_left (job) y > 1", "x / on (zone) group_left (job) y"),
        ("x / ignoring (job) y > 1", "x / ignoring (job) y"),
        ('label_replace(x, "job", "$1", "pod", "(.*)") > 1', 'label_replace(x, "job", "$1", "pod", "(.*)")'),
        ("x * scalar(y) > 1", 'x{job=~"a|"} * scalar(y)'),
        ("(x or y) > 1", 'x{job=~"a|"} or y{job=~"a|"}'),
        ("(x or on (zone) y) > 1", "x or on (zone) y"),
        (
            "histogram_quantile(0.9, sum by (le, job) (x)) > 1",
            'histogram_quantile(0.9, sum by (le, job) (x{job=~"a|"}))',
        ),
    ],
)
def test_matchers_are_added_only_where_the_label_of_the_result_is_that_of_the_input(text: str, narrowed: str) -> None:
    result = drawn(text, [{"job": "a", "alertname": "X", "__x": "y"}])

    assert isinstance(result, Drawn)
    assert result.queries == (narrowed,)


def test_of_several_alerts_the_values_of_labels_that_all_have_are_named() -> None:
    result = drawn("x > 1", [{"job": "b.c", "zone": "1"}, {"job": "a"}])

    assert isinstance(result, Drawn)
    assert result.queries == ('x{job=~"a|b\\\\.c|"}',)


@tries("values of a label, and labels, by which a query is narrowed")
def test_so_many_values_narrow_a_query(beyond: int) -> None:
    result = drawn("x > 1", [{"job": f"j{index}"} for index in range(20 + beyond)])

    assert isinstance(result, Drawn)
    assert ("job" in result.queries[0]) == (beyond <= 0)


@tries("query of a chart, narrowed to its alerts")
def test_a_query_that_would_be_longer_is_not_narrowed(beyond: int) -> None:
    text = " + ".join(["x"] * 100)
    missing = 16384 + beyond - len(text) - 100 * len('{a=~"|"}')
    each, rest = divmod(missing, 100)
    result = drawn(f"{text} > 1".replace("x", "x" * (rest + 1), 1), [{"a": "v" * each}])

    assert isinstance(result, Drawn)
    assert ("{" in result.queries[0]) == (beyond <= 0)


@tries("expression of an alert")
def test_an_expression_is_so_long(beyond: int) -> None:
    text = "x > 1".ljust(4096 + beyond)

    assert (drawn(text) == NotDrawn(Undrawn.TOO_LARGE)) == (beyond > 0)


@tries("parentheses, braces and brackets that an expression opens")
def test_an_expression_opens_so_many(beyond: int) -> None:
    count = 64 + beyond

    assert (drawn("(" * count + "x" + ")" * count) == NotDrawn(Undrawn.TOO_LARGE)) == (beyond > 0)


@tries("operators of an expression")
def test_an_expression_has_so_many_operators(beyond: int) -> None:
    assert (drawn("+".join(["x"] * (129 + beyond))) == NotDrawn(Undrawn.TOO_LARGE)) == (beyond > 0)


@tries("cost of the regular expressions in an expression")
def test_regular_expressions_cost_so_much(beyond: int) -> None:
    text = 'x{a=~"b{4}"}'.ljust(2000 + beyond)

    assert (drawn(text) == NotDrawn(Undrawn.TOO_LARGE)) == (beyond > 0)


@pytest.mark.parametrize("text", ["1 > bool 0", "vector(1) > 0", "time() > bool 3"])
def test_an_expression_without_a_series_draws_nothing(text: str) -> None:
    assert drawn(text) == NotDrawn(Undrawn.NO_SERIES)


HOSTILE = [
    "(" * 20_000 + "x" + ")" * 20_000,
    "-" * 1_000_000 + "x",
    "x" * 1_000_000,
    "\U0001f600" * 100_000,
    "+".join(["x"] * 2000),
    " or ".join(["x"] * 1000),
    "sum(" * 800,
    'x{a=~"((((a{100}){100}){100}){100})"}',
    "x{" + ",".join(['a=~"\\\\w{90}"'] * 250) + "}",
    "x{" + ",".join(['a=~"\\\\pL"'] * 350) + "}",
    'x{a=~"' + "\\x5cw" * 600 + '"}',
    'x{a=~"' + ".*" * 2000 + '"}',
    'x{a="\ud800"}',
    "x{a=`b`} > 1",
    "x + fill(0) y > 1",
    "\x00",
    "",
    "x[5m]",
    '"text"',
    "1 > bool 0",
    "x > time()",
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_costs_little_and_draws_nothing_that_is_not_there(text: str) -> None:
    assert isinstance(drawn(text), NotDrawn) or len(text) <= 4096
    assert cpu_seconds(lambda: drawn(text), times=3) < 0.2


@given(st.text(alphabet='x1 ()[]{}<>=!~+-*/^%,"\\5mbyonsutadr\n', max_size=60))
def test_whatever_the_text_there_is_an_answer(text: str) -> None:
    result = drawn(text, [{"job": "a"}], TENANT)

    assert isinstance(result, NotDrawn) or all("tenant" in query for query in result.queries)
