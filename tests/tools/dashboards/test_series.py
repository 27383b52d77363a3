"""What Prometheus answers becomes named lines, with gaps where there was nothing."""

import pytest

from tests.tools.dashboards.panels import answer
from tools.pictures.dashboards.board import Target
from tools.pictures.dashboards.series import name_of, pieces, read_series


@pytest.mark.parametrize(
    ("legend", "labels", "name"),
    [
        ("{{reason}}", {"reason": "changed", "tenant": "acme"}, "changed"),
        ("{{ tenant }} {{budget}}", {"tenant": "acme", "budget": "slack"}, "acme slack"),
        ("alerts", {"reason": "changed"}, "alerts"),
        ("{{method}} lanes", {}, "lanes"),
        ("{{method}}", {}, "value"),
    ],
)
def test_a_series_is_called_by_its_labels(legend: str, labels: dict[str, str], name: str) -> None:
    assert name_of(legend, labels) == name


def test_a_line_is_parted_where_a_value_is_missing() -> None:
    values = [(0, "1"), (10, "2"), (30, "3"), (40, "4")]

    assert pieces(values, 10) == [[(0, 1.0), (10, 2.0)], [(30, 3.0), (40, 4.0)]]


@pytest.mark.parametrize("missing", ["NaN", "+Inf", "-Inf"])
def test_what_is_no_finite_number_is_a_gap(missing: str) -> None:
    values = [(0, "1"), (10, missing), (20, "3")]

    assert pieces(values, 10) == [[(0, 1.0)], [(20, 3.0)]]


def test_series_come_by_name_and_those_without_a_value_not_at_all() -> None:
    found = [answer({0: "1"}, r="b"), answer({0: "NaN"}, r="a"), answer({0: "2", 10: "3"}, r="A")]

    made = read_series(Target("x", "{{r}}"), found, 10)

    assert [(one.name, one.values) for one in made] == [("A", [2.0, 3.0]), ("b", [1.0])]
