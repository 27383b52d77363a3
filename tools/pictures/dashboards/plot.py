"""A panel of lines: a grid with its labels, and the lines, stretched to whatever room the page leaves them."""

from collections.abc import Iterator, Sequence
from typing import Final

from router.monitoring.panel import Unit
from tools.pictures.dashboards.board import Panel
from tools.pictures.dashboards.colours import of_series
from tools.pictures.dashboards.markup import Html, classed, el, joined
from tools.pictures.dashboards.scale import clock, time_ticks, value_ticks
from tools.pictures.dashboards.series import Point, Series, Span
from tools.pictures.dashboards.units import written

_SIDE: Final = 1_000
"""Of the square that is stretched."""
_COLUMNS_A_TIME: Final = 2
"""How many columns of the grid the label of a time needs."""


def plot(panel: Panel, lines: Sequence[Series], span: Span) -> Html:
    """The lines and their legend."""
    heights = value_ticks(max(max(one.values) for one in lines), panel.unit)
    colours = [of_series(panel, number, one.name) for number, one in enumerate(lines)]
    drawn = [
        joined(_line(one, colour, panel, (span, heights[-1]))) for one, colour in zip(lines, colours, strict=True)
    ]
    times = time_ticks(span, panel.place.width // _COLUMNS_A_TIME)
    square = {"viewBox": f"0 0 {_SIDE} {_SIDE}", "preserveAspectRatio": "none"}
    canvas = el("svg", square, *_grid(heights, times, span), *drawn)
    labels = [*_heights(heights, panel.unit), *_times(times, span)]
    legend = [
        _entry(one, colour) for one, colour in zip(lines, colours, strict=True) if panel.zeros or any(one.values)
    ]
    return joined([classed("div", "plot", canvas, *labels), classed("div", "legend", *legend)])


def across(at: float, span: Span) -> float:
    """How far to the right a time is, as a part of the width."""
    return (at - span.start) / ((span.end - span.start) or 1.0)


def _line(series: Series, colour: str, panel: Panel, size: tuple[Span, float]) -> Iterator[Html]:
    span, most = size
    for piece in series.pieces:
        points = [f"{_SIDE * across(at, span):.1f} {_SIDE * (1 - value / most):.1f}" for at, value in piece]
        if panel.opacity and len(points) > 1:
            area = f"M{_x(piece[0], span)} {_SIDE} L{' '.join(points)} L{_x(piece[-1], span)} {_SIDE} Z"
            yield el("path", {"d": area, "fill": colour, "fill-opacity": f"{panel.opacity / 100:g}"})
        yield el("path", {"d": f"M{points[0]} L{' '.join(points)}", "class": "line", "stroke": colour})


def _x(point: Point, span: Span) -> str:
    return f"{_SIDE * across(point[0], span):.1f}"


def _grid(heights: Sequence[float], times: Sequence[float], span: Span) -> Iterator[Html]:
    for height in heights:
        y = f"{_SIDE * (1 - height / heights[-1]):.1f}"
        yield el("path", {"d": f"M0 {y} H{_SIDE}", "class": "grid"})
    for at in times:
        yield el("path", {"d": f"M{_SIDE * across(at, span):.1f} 0 V{_SIDE}", "class": "grid"})


def _heights(heights: Sequence[float], unit: Unit) -> Iterator[Html]:
    for height in heights:
        yield el("span", {"class": "height", "style": f"bottom:{height / heights[-1]:.2%}"}, written(height, unit))


def _times(times: Sequence[float], span: Span) -> Iterator[Html]:
    for at in times:
        yield el("span", {"class": "time", "style": f"left:{across(at, span):.2%}"}, clock(at, times))


def _entry(series: Series, colour: str) -> Html:
    swatch = el("i", {"style": f"background:{colour}"}, "\u200b")
    return classed("span", "entry", swatch, classed("span", "name", series.name))
