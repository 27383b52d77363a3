"""Of the answers the alerts' own series are drawn, the worst first."""

from collections.abc import Sequence

import pytest

from router.core.context.chart import MAX_LINES, MAX_POINTS, Chart, Line, Side, Threshold, Unit
from router.core.context.expression import Drawn
from router.core.context.worst import chart_of
from router.core.match.labels import Labels
from router.core.model.instant import MINUTE, Instant
from tests.bounds import tries

ALERTS: Sequence[Labels] = [{"alertname": "X", "host": f"h{index}", "severity": "critical"} for index in range(9)]
ABOVE, BELOW = Threshold(50.0, Side.ABOVE), Threshold(50.0, Side.BELOW)


def line(host: str, *values: float | None, **labels: str) -> Line:
    return Line({"__name__": "load", "host": host, **labels}, values)


def chart(
    lines: Sequence[Line], threshold: Threshold | None = None, unit: Unit = Unit.NUMBER, hint: str = ""
) -> Chart | None:
    times = [Instant(index * MINUTE) for index in range(len(lines[0].values) if lines else 0)]
    return chart_of(Drawn(("load",), threshold, unit), times, [lines], ALERTS, hint)


def hosts(shown: Chart | None) -> list[str]:
    return [line.labels["host"] for line in shown.lines] if shown else []


@pytest.mark.parametrize(
    ("threshold", "worst"),
    [
        (ABOVE, ["h5", "h4", "h3", "h2", "h1"]),
        (BELOW, ["h0", "h1", "h2", "h3", "h4"]),
        (None, ["h5", "h4", "h3", "h2", "h1"]),
    ],
)
def test_the_worst_five_are_furthest_beyond_the_threshold_or_highest(
    threshold: Threshold | None, worst: list[str]
) -> None:
    assert hosts(chart([line(f"h{index}", 0.0, 10.0 * index, None) for index in range(6)], threshold)) == worst


def test_series_of_others_are_not_drawn() -> None:
    shown = chart([line("elsewhere", 1.0), line("h1", 2.0, severity="warning"), line("h2", 3.0, cpu="0")])

    assert hosts(shown) == ["h2"]


def test_what_has_no_number_is_a_gap_and_a_line_of_gaps_is_none() -> None:
    shown = chart([line("h1", float("nan"), float("inf"), 1.0), line("h2", float("nan"), None, float("-inf"))])

    assert shown
    assert [one.values for one in shown.lines] == [(None, None, 1.0)]
    assert chart([]) is None
    assert chart([line("h1", None)]) is None


@tries("points on the axis of a chart")
def test_of_more_times_the_latest_are_drawn(beyond: int) -> None:
    count = MAX_POINTS + beyond
    shown = chart([line("h1", *map(float, range(count)))])

    assert shown
    assert len(shown.times) == len(shown.lines[0].values) == min(count, MAX_POINTS)
    assert shown.lines[0].values[-1] == count - 1


@tries("series of a chart besides its limit")
def test_of_more_series_the_worst_are_drawn(beyond: int) -> None:
    count = MAX_LINES + beyond
    shown = hosts(chart([line(f"h{index}", float(index)) for index in range(count)]))

    assert shown == [f"h{index}" for index in reversed(range(count))][:MAX_LINES]


def test_two_metrics_are_drawn_where_each_comes_to_one_series() -> None:
    drawn = Drawn(("a", "b"), None, Unit.NUMBER)
    times = [Instant(0)]
    two = [[line("h1", 1.0)], [line("h1", 2.0)]]

    assert (shown := chart_of(drawn, times, two, ALERTS))
    assert [one.values for one in shown.lines] == [(1.0,), (2.0,)]
    assert chart_of(drawn, times, [two[0], [*two[1], line("h2", 2.0)]], ALERTS) is None
    assert chart_of(drawn, times, [two[0], []], ALERTS) is None
    assert chart_of(drawn, times, two[:1], ALERTS) is None


def test_a_ratio_lies_between_none_and_all() -> None:
    def unit(*values: float, threshold: Threshold | None = None) -> Unit | None:
        shown = chart([line("h1", *values)], threshold, Unit.RATIO)
        return shown.unit if shown else None

    assert unit(0.0, 1.0) is Unit.RATIO
    assert unit(0.5, 1.1) is Unit.NUMBER
    assert unit(0.5, threshold=ABOVE) is Unit.NUMBER


@pytest.mark.parametrize(
    ("hint", "unit"), [(" Bytes", Unit.BYTES), ("%", Unit.PERCENT), ("parsec", Unit.SECONDS), ("", Unit.SECONDS)]
)
def test_the_annotation_has_the_last_word_on_the_unit_if_it_is_known(hint: str, unit: Unit) -> None:
    shown = chart([line("h1", 1.0)], None, Unit.SECONDS, hint)

    assert shown
    assert shown.unit is unit
