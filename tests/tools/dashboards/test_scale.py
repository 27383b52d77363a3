"""Axes have round values, and numbers are written as Grafana writes them."""

from datetime import UTC, datetime

import pytest

from router.monitoring.panel import Unit
from tools.pictures.dashboards.scale import clock, time_ticks, value_ticks
from tools.pictures.dashboards.series import Span
from tools.pictures.dashboards.units import written

NOON = datetime(2026, 11, 28, 12, 0, tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("most", "unit", "ticks"),
    [
        (0, Unit.COUNT, [0, 0.2, 0.4, 0.6, 0.8, 1]),
        (1, Unit.COUNT, [0, 0.25, 0.5, 0.75, 1, 1.25]),
        (7, Unit.PER_SECOND, [0, 2, 4, 6, 8]),
        (3.8, Unit.COUNT, [0, 1, 2, 3, 4]),
        (0.011, Unit.SECONDS, [0, 0.0025, 0.005, 0.0075, 0.01, 0.0125]),
        (200, Unit.SECONDS, [0, 60, 120, 180, 240]),
        (1_234, Unit.COUNT, [0, 500, 1_000, 1_500]),
    ],
)
def test_an_axis_goes_from_zero_in_round_steps_past_the_greatest_value(
    most: float, unit: Unit, ticks: list[float]
) -> None:
    assert value_ticks(most, unit) == pytest.approx(ticks)


@pytest.mark.parametrize("most", [1e-9, 0.3, 1.0000001, 59, 61, 86_400 * 900, 1e15])
@pytest.mark.parametrize("unit", Unit)
def test_no_value_is_above_its_axis_and_the_axis_has_few_labels(most: float, unit: Unit) -> None:
    ticks = value_ticks(most, unit)

    assert ticks[-1] > most
    assert 2 <= len(ticks) <= 6


def test_times_are_full_ones_within_the_span() -> None:
    ticks = time_ticks(Span(NOON + 7, NOON + 247, 2), 6)

    assert [clock(at, ticks) for at in ticks] == ["12:01", "12:02", "12:03", "12:04"]


def test_short_spans_have_seconds() -> None:
    ticks = time_ticks(Span(NOON, NOON + 100, 2), 6)

    assert [clock(at, ticks) for at in ticks] == ["12:00:00", "12:00:30", "12:01:00", "12:01:30"]


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0, Unit.COUNT, "0"),
        (12, Unit.COUNT, "12"),
        (0.25, Unit.COUNT, "0.25"),
        (1_234, Unit.COUNT, "1.23 K"),
        (999.9, Unit.COUNT, "1 K"),
        (100_000, Unit.COUNT, "100 K"),
        (2_500_000, Unit.COUNT, "2.5 Mil"),
        (0.0375, Unit.PER_SECOND, "0.0375 c/s"),
        (0, Unit.SECONDS, "0 s"),
        (0.0123, Unit.SECONDS, "12.3 ms"),
        (59.99, Unit.SECONDS, "1 min"),
        (90, Unit.SECONDS, "1.5 min"),
        (7_200, Unit.SECONDS, "2 h"),
        (0.123, Unit.SHARE, "12.3%"),
        (1, Unit.SHARE, "100%"),
        (-3, Unit.COUNT, "-3"),
    ],
)
def test_a_number_has_its_unit(value: float, unit: Unit, text: str) -> None:
    assert written(value, unit) == text
