"""A chart from recorded series is what Prometheus would have been drawn as at that time."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import pytest

from router.control.recorded import recorded_chart
from router.core.context.chart import Chart, Side, Threshold
from router.core.context.recorded import RecordedLine
from router.core.model.alert_state import AlertContent, AlertState
from router.core.model.group import AlertGroup
from router.core.model.instant import HOUR, MINUTE, Instant, parse_rfc3339
from tests.core.render.test_render import F, R, a_loaded, a_state, disk

NOW: Final = parse_rfc3339("2026-11-23T14:00:00Z")
URL: Final = "http://prometheus.example/graph?g0.expr=disk_used_percent%20%3E%2090&g0.tab=1"


def series(values: Mapping[int, float], **labels: str) -> RecordedLine:
    """Values by so many minutes before or after now."""
    return RecordedLine(labels, tuple((Instant(NOW + at * MINUTE), value) for at, value in sorted(values.items())))


RISING: Final = series({minutes: 96.0 + minutes for minutes in range(-120, 31)}, instance="n1")


def group(*states: AlertState, url: str = URL) -> AlertGroup:
    linked = [replace(one, content=linked_to(one.content, url)) for one in states]
    return a_loaded(*linked)


def linked_to(content: AlertContent | None, url: str) -> AlertContent:
    assert content is not None
    return replace(content, generator_url=url)


def chart(*states: AlertState, url: str = URL, at: Instant = NOW, line: RecordedLine = RISING) -> Chart | None:
    return recorded_chart({"DiskFull": [[line]]}, group(*states, url=url), at)


def test_it_is_what_was_known_by_then_with_the_limit_of_the_expression() -> None:
    drawn = chart(a_state(disk("n1"), F))

    assert drawn is not None
    assert drawn.threshold == Threshold(90, Side.ABOVE)
    assert drawn.times[-1] == NOW
    assert drawn.lines[0].values[-1] == 96.0
    assert drawn.times[0] <= NOW - HOUR + MINUTE


def test_only_series_of_the_alerts_are_drawn() -> None:
    assert chart(a_state(disk("n2"), F)) is None


def test_once_over_it_ends_soon_after_the_end() -> None:
    drawn = chart(a_state(disk("n1"), R), at=Instant(NOW + 48 * HOUR))

    assert drawn is None or drawn.times[-1] < NOW + HOUR


@pytest.mark.parametrize(
    "url",
    ["", "https://grafana.example/alerting/1/view", "http://p.example/graph?g0.expr=absent%28up%29", "http://["],
)
def test_without_an_expression_that_can_be_drawn_there_is_none(url: str) -> None:
    assert chart(a_state(disk("n1"), F), url=url) is None


def test_what_was_not_recorded_is_not_drawn() -> None:
    assert recorded_chart({"Other": [[RISING]]}, group(a_state(disk("n1"), F)), NOW) is None
