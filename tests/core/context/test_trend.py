"""The worst line of a chart in words: from where its last value came, and how long that took."""

from hypothesis import given
from hypothesis import strategies as st

from router.core.context.chart import Chart, Line, Side, Threshold, Unit
from router.core.context.trend import Direction, Trend, trend_of
from router.core.model.instant import MINUTE, Instant, Span

LIMIT = Threshold(90.0, Side.ABOVE)

Value = float | None


def chart(*values: Value, threshold: Threshold | None = LIMIT) -> Chart:
    times = tuple(Instant(index * MINUTE) for index in range(len(values)))
    return Chart(times, (Line({"instance": "db-1"}, values),), threshold, Unit.PERCENT)


def minutes(count: int) -> Span:
    return Span(count * MINUTE)


def test_a_rise_is_from_the_lowest_value_to_the_last() -> None:
    assert trend_of(chart(75.0, 71.0, 80.0, 96.0)) == Trend(Direction.ROSE, 71.0, 96.0, minutes(2), LIMIT)


def test_a_fall_is_from_the_peak_to_the_last() -> None:
    assert trend_of(chart(71.0, 96.0, 80.0, 20.0)) == Trend(Direction.FELL, 96.0, 20.0, minutes(2), LIMIT)


def test_of_several_equal_values_the_latest_is_where_it_began() -> None:
    assert trend_of(chart(10.0, 10.0, 10.0, 95.0)) == Trend(Direction.ROSE, 10.0, 95.0, minutes(1), LIMIT)


def test_a_value_that_jumps_did_not_rise_before() -> None:
    jumped = chart(0.3, 0.2, 0.4, 0.3, 18.0)

    assert trend_of(jumped) == Trend(Direction.ROSE, 0.3, 18.0, minutes(1), LIMIT)


def test_a_value_on_the_other_side_is_not_where_it_came_from() -> None:
    assert trend_of(chart(0.0, 95.0, 50.0)) == Trend(Direction.ROSE, 0.0, 50.0, minutes(2), LIMIT)


def test_a_change_that_is_small_beside_the_values_is_steady_during_the_whole_time() -> None:
    assert trend_of(chart(93.0, 95.0, 94.0, 94.0)) == Trend(Direction.STEADY, 93.0, 94.0, minutes(3), LIMIT)


def test_a_change_that_is_small_beside_the_threshold_is_steady() -> None:
    assert trend_of(chart(0.1, 0.2)) == Trend(Direction.STEADY, 0.1, 0.2, minutes(1), LIMIT)
    assert trend_of(chart(0.1, 0.2, threshold=None)) == Trend(Direction.ROSE, 0.1, 0.2, minutes(1))


def test_gaps_and_what_has_no_number_count_as_absent() -> None:
    assert trend_of(chart(None, 70.0, None, float("nan"), 96.0, float("inf"), None)) == Trend(
        Direction.ROSE, 70.0, 96.0, minutes(3), LIMIT
    )


def test_one_value_or_none_has_no_trend() -> None:
    assert trend_of(chart()) is None
    assert trend_of(chart(None, 5.0)) is None
    assert trend_of(Chart((), ())) is None


@given(st.lists(st.none() | st.floats(), max_size=20))
def test_whatever_the_values_the_trend_is_true(values: list[Value]) -> None:
    trend = trend_of(chart(*values))

    if trend is not None:
        assert trend.before in values
        assert trend.now in values
        assert trend.span > 0
        assert trend.direction is not Direction.ROSE or trend.now > trend.before
        assert trend.direction is not Direction.FELL or trend.now < trend.before
