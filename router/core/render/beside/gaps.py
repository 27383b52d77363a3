"""What can be drawn honestly: Slack wants a value of every line at every point, and none may be made up.

A point at which a line has no value is left out, and the axis says that some are. A line for which too many would
have to go is left out itself, but never the worst one.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from router.core.context.chart import Chart, Line
from router.core.model.instant import Instant

FEWEST: Final = 3
"""Points of a chart; of fewer nothing can be seen."""

_KEPT: Final = 2 / 3
"""Of the points of the worst line, with all lines that are drawn."""


@dataclass(frozen=True, slots=True)
class Drawable:
    """Times at which each of the lines has a value; whether times between them are left out, and how many lines."""

    times: tuple[Instant, ...]
    lines: tuple[Line, ...]
    values: tuple[tuple[float, ...], ...]
    has_gaps: bool = False


def drawable(chart: Chart) -> Drawable | None:
    """The lines that can be drawn together, the worst first; None where not even that one can."""
    if not chart.lines:
        return None
    places = _known(chart.lines[0], len(chart.times))
    least, kept = max(FEWEST, math.ceil(len(places) * _KEPT)), [chart.lines[0]]
    for line in chart.lines[1:]:
        both = [place for place in _known(line, len(chart.times)) if place in places]
        if len(both) >= least:
            places = both
            kept.append(line)
    return _at(chart, kept, places) if len(places) >= FEWEST else None


def _at(chart: Chart, lines: Sequence[Line], places: Sequence[int]) -> Drawable:
    inside = places[-1] - places[0] + 1
    return Drawable(
        times=tuple(chart.times[place] for place in places),
        lines=tuple(lines),
        values=tuple(tuple(line.values[place] or 0.0 for place in places) for line in lines),
        has_gaps=len(places) < inside,
    )


def _known(line: Line, times: int) -> list[int]:
    values = line.values[:times]
    return [place for place, value in enumerate(values) if value is not None and math.isfinite(value)]


def thinned(drawn: Drawable, points: int) -> Drawable:
    """The same at fewer points, about equally far apart, the first and the last among them."""
    last = len(drawn.times) - 1
    places = sorted({round(place * last / (points - 1)) for place in range(points)})
    values = tuple(tuple(line[place] for place in places) for line in drawn.values)
    return Drawable(tuple(drawn.times[place] for place in places), drawn.lines, values, drawn.has_gaps)


def without_last(drawn: Drawable) -> Drawable:
    """The same without the least bad line."""
    return Drawable(drawn.times, drawn.lines[:-1], drawn.values[:-1], drawn.has_gaps)
