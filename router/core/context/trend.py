"""In which direction the value behind an alert went, in a form that can be put in words."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from router.core.context.chart import Chart, Threshold
from router.core.model.instant import Instant, Span

_STEADY: Final = 0.05
"""A change below this part of the largest value in question counts as none."""

_AS_FAR: Final = 0.9
"""So much of the largest change is as good as all of it: a value that jumps did not rise for an hour before."""


class Direction(StrEnum):
    """How a value came to where it is."""

    ROSE = "rose"
    FELL = "fell"
    STEADY = "steady"


@dataclass(frozen=True, slots=True)
class Trend:
    """From `before` to `now` within `span`, both in the chart's unit; steady: about `now` during all of `span`."""

    direction: Direction
    before: float
    now: float
    span: Span
    threshold: Threshold | None = None


def trend_of(chart: Chart) -> Trend | None:
    """How the worst line of a chart came to its last value; None where it has no two values to compare.

    It is compared with the value furthest from it, and of several about as far with the latest: a disk rose from its
    lowest, a value that is fine again fell from its peak.
    """
    known = _known(chart)
    if len(known) < 2:
        return None
    end, now = known[-1]
    start, before = _latest_far(known[:-1], now)
    if _is_steady(before, now, chart.threshold):
        first, value = known[0]
        return Trend(Direction.STEADY, value, now, Span(end - first), chart.threshold)
    direction = Direction.ROSE if now > before else Direction.FELL
    return Trend(direction, before, now, Span(end - start), chart.threshold)


def _latest_far(points: Sequence[tuple[Instant, float]], now: float) -> tuple[Instant, float]:
    """The latest of the points that are about as far from a value as the furthest, on the same side of it."""
    _, furthest = max(points, key=lambda point: abs(point[1] - now))
    change = furthest - now
    far = [point for point in points if (point[1] - now) / change >= _AS_FAR] if change else points
    return far[-1]


def _known(chart: Chart) -> list[tuple[Instant, float]]:
    values = chart.lines[0].values if chart.lines else ()
    points = zip(chart.times, values, strict=False)
    return [(time, value) for time, value in points if value is not None and math.isfinite(value)]


def _is_steady(before: float, now: float, threshold: Threshold | None) -> bool:
    scale = max(abs(before), abs(now), abs(threshold.value) if threshold else 0.0)
    return abs(now - before) <= _STEADY * scale
