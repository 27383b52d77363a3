"""Charts of lines as pictures of their own: inline SVG for a page, and one line of small bars for a terminal."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from slack_view.markup import classed, el
from slack_view.reading import Json, items, record, records, string, strings

_WIDTH, _HEIGHT = 560, 200
_LEFT, _RIGHT, _TOP, _BOTTOM = 52, 12, 10, 26
_TICKS: Final = 4
_MOST_TIMES: Final = 6
_SHORT_UNIT: Final = 3
_BARS: Final = "▁▂▃▄▅▆▇█"
_MOST_LINES: Final = 12
_LARGEST: Final = 1e306
_STEPS: Final = (1, 2, 2.5, 5, 10)


@dataclass(frozen=True, slots=True)
class Line:
    """One series; `flat` where its value never changes, as that of a threshold."""

    name: str
    values: Sequence[float]

    @property
    def flat(self) -> bool:
        """Whether it is one value all along."""
        return len(self.values) > 1 and len(set(self.values)) == 1


def lines_of(block: Json) -> list[Line]:
    """The series of a chart, without what cannot be drawn."""
    series = records(record(block.get("chart")).get("series"))[:_MOST_LINES]
    lines = [Line(string(one.get("name")), list(_values(one))) for one in series]
    return [line for line in lines if line.values]


def _values(series: Json) -> Iterator[float]:
    for point in records(series.get("data")):
        value = point.get("value")
        if isinstance(value, int | float) and abs(value) < _LARGEST:
            yield float(value)


def draw_chart(block: Json) -> Markup:
    """The chart under its title, with its axes and its legend."""
    lines, title = lines_of(block), string(block.get("title"))
    axes = record(record(block.get("chart")).get("axis_config"))
    figure = _picture(title, lines, axes) if lines else classed("div", "unknown", "a chart without lines")
    legend = [_entry(place, line, lines) for place, line in enumerate(lines)]
    heading = classed("div", "chart-title", title)
    notes = [classed("span", "axis", note) for note in _notes(axes)] if lines else []
    return el("figure", {"class": "block chart"}, heading, figure, classed("div", "legend", *legend, *notes))


def spark(block: Json) -> str:
    """The title, then for each line its course in bars, its last value and its name."""
    lines = lines_of(block)
    axes = record(record(block.get("chart")).get("axis_config"))
    unit, times = string(axes.get("y_label")), string(axes.get("x_label"))
    categories = strings(items(axes.get("categories")))
    numbers = [value for line in lines for value in line.values]
    drawn = [f"╌ {line.name}" if _is_threshold(line, lines) else _course(line, numbers, unit) for line in lines]
    span = f"{categories[0]} … {categories[-1]} {times}".strip() if categories else times
    return "\n".join([f"*{string(block.get('title'))}*", *drawn, *([span] if span else [])])


def _notes(axes: Json) -> list[str]:
    """What stands beside the axes, but for a unit that stands at the topmost value."""
    unit, times = string(axes.get("y_label")), string(axes.get("x_label"))
    return [note for note in (unit if len(unit) > _SHORT_UNIT else "", times) if note]


def _course(line: Line, numbers: Sequence[float], unit: str) -> str:
    return " ".join(part for part in (_bars(line, numbers), _number(line.values[-1]), unit, line.name) if part)


def _bars(line: Line, numbers: Sequence[float]) -> str:
    least, most = min(numbers), max(numbers)
    size = (most - least) or 1.0
    return "".join(_BARS[min(int((value - least) / size * len(_BARS)), len(_BARS) - 1)] for value in line.values)


def _is_threshold(line: Line, lines: Sequence[Line]) -> bool:
    return line.flat and len(lines) > 1 and line is lines[-1]


def _picture(title: str, lines: Sequence[Line], axes: Json) -> Markup:
    ticks = _ticks([value for line in lines for value in line.values])
    drawn = [_drawn(place, line, lines, ticks) for place, line in enumerate(lines)]
    described = ". ".join(f"{line.name}: {_number(line.values[0])} → {_number(line.values[-1])}" for line in lines)
    attributes = {"class": "plot", "viewBox": f"0 0 {_WIDTH} {_HEIGHT}", "role": "img", "aria-label": title}
    grid = [*_grid(ticks, string(axes.get("y_label"))), *_times(axes)]
    return el("svg", attributes, el("title", None, title), el("desc", None, described), *grid, *drawn)


def _grid(ticks: Sequence[float], unit: str) -> Iterator[Markup]:
    for tick in ticks:
        height = f"{_y(tick, ticks):.1f}"
        ends = {"x1": str(_LEFT), "x2": str(_WIDTH - _RIGHT), "y1": height, "y2": height}
        yield el("line", {"class": "grid", **ends})
        label = f"{_number(tick)} {unit}" if tick == ticks[-1] and len(unit) <= _SHORT_UNIT else _number(tick)
        yield el("text", {"class": "tick", "x": str(_LEFT - 6), "y": height, "dy": "4", "text-anchor": "end"}, label)


def _times(axes: Json) -> Iterator[Markup]:
    categories = strings(items(axes.get("categories")))
    last = len(categories) - 1
    step = max(math.ceil(len(categories) / _MOST_TIMES), 1)
    for place in range(last, -1, -step):
        anchor = "end" if place == last else "middle"
        x = f"{_x(place, last):.1f}"
        yield el("text", {"class": "tick", "x": x, "y": str(_HEIGHT - 8), "text-anchor": anchor}, categories[place])


def _drawn(place: int, line: Line, lines: Sequence[Line], ticks: Sequence[float]) -> Markup:
    last = len(line.values) - 1
    points = " ".join(f"{_x(at, last):.1f},{_y(value, ticks):.1f}" for at, value in enumerate(line.values))
    kind = "threshold" if _is_threshold(line, lines) else f"line-{place % 6}"
    return el("polyline", {"class": f"series {kind}", "points": points})


def _entry(place: int, line: Line, lines: Sequence[Line]) -> Markup:
    kind = "threshold" if _is_threshold(line, lines) else f"line-{place % 6}"
    stroke = el("line", {"class": f"series {kind}", "x1": "0", "x2": "18", "y1": "5", "y2": "5"})
    swatch = el("svg", {"class": "swatch", "viewBox": "0 0 18 10", "aria-hidden": "true"}, stroke)
    return classed("span", "entry", swatch, line.name)


def _x(place: int, last: int) -> float:
    return _LEFT + (_WIDTH - _LEFT - _RIGHT) * (place / last if last else 0.5)


def _y(value: float, ticks: Sequence[float]) -> float:
    span = (ticks[-1] - ticks[0]) or 1.0
    return _HEIGHT - _BOTTOM - (_HEIGHT - _TOP - _BOTTOM) * (value - ticks[0]) / span


def _ticks(values: Sequence[float]) -> list[float]:
    """Round values below, between and above these."""
    least, most = min(values), max(values)
    wanted = (most - least or abs(most) or 1.0) / _TICKS
    power = 10.0 ** math.floor(math.log10(wanted)) if wanted > 0 else 1.0
    step = next((one * power for one in _STEPS if one * power >= wanted), 10 * power)
    first = math.floor(least / step)
    last = max(math.ceil(most / step), first + 1)
    return [place * step for place in range(first, min(last, first + 4 * _TICKS) + 1)]


def _number(value: float) -> str:
    return f"{value:.6g}"
