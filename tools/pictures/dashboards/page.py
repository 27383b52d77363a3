"""A dashboard as a page: the grid of 24 columns, and a panel of each kind in it."""

from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.resources import files
from typing import Final

from tools.pictures.dashboards.board import Board, Look, Panel, Place
from tools.pictures.dashboards.colours import of_value
from tools.pictures.dashboards.markup import Html, classed, el
from tools.pictures.dashboards.plot import plot
from tools.pictures.dashboards.recording import Recording
from tools.pictures.dashboards.series import Series, Span
from tools.pictures.dashboards.units import written

WIDTH: Final = 1_248
"""Of the picture, in pixels."""
_MARGIN: Final = 16
_GAP: Final = 8
_ROW: Final = 38
"""A row of the grid with the gap below it."""
_COLUMN: Final = (WIDTH - 2 * _MARGIN + _GAP) / 24
_HEADER: Final = 64
_OWN: Final = "Drawn by tools/pictures from the answers of a real Prometheus, not by Grafana"


def size_of(board: Board) -> tuple[int, int]:
    """Width and height of a dashboard's picture, in pixels."""
    return WIDTH, _HEADER + board.rows * _ROW - _GAP + _MARGIN


def page_of(board: Board, recording: Recording) -> str:
    """The HTML of a dashboard with what was recorded; it needs nothing else."""
    sheet = Html(files(__package__).joinpath("sheet.css").read_text(encoding="utf-8"))
    head = el(
        "head", None, el("meta", {"charset": "utf-8"}), el("title", None, board.title), el("style", None, sheet)
    )
    panels = [_placed(one, recording) for one in board.panels]
    style = {"style": f"height:{size_of(board)[1]}px"}
    body = el("body", style, _header(board, recording), classed("main", "board", *panels))
    return f"<!doctype html>\n{el('html', {'lang': 'en'}, head, body).text}"


def _header(board: Board, recording: Recording) -> Html:
    asked = any("$tenant" in target.expression for panel in board.panels for target in panel.targets)
    chosen = [classed("span", "chosen", f"Tenant: {recording.tenant}")] if asked else []
    when = classed("span", "chosen", _when(recording.span))
    return el("header", None, el("h1", None, board.title), *chosen, when, classed("span", "own", _OWN))


def _when(span: Span) -> str:
    start, end = (datetime.fromtimestamp(at, UTC) for at in (span.start, span.end))
    return f"{start:%Y-%m-%d %H:%M:%S} to {end:%H:%M:%S} UTC"


def _placed(panel: Panel, recording: Recording) -> Html:
    look = {"class": f"panel {panel.look}", "style": _box(panel.place)}
    return el("section", look, el("h2", None, panel.title), *_inside(panel, recording))


def _box(place: Place) -> str:
    left, top = place.x * _COLUMN, place.y * _ROW
    width, height = place.width * _COLUMN - _GAP, place.height * _ROW - _GAP
    return f"left:{left:.1f}px;top:{top}px;width:{width:.1f}px;height:{height}px"


def _inside(panel: Panel, recording: Recording) -> Sequence[Html]:
    if panel.look is Look.ROW:
        return ()
    lines = recording.series(panel)
    if not lines:
        return [classed("div", "nothing", "No data")]
    return [_numbers(panel, lines) if panel.look is Look.STAT else plot(panel, lines, recording.span)]


def _numbers(panel: Panel, lines: Sequence[Series]) -> Html:
    """The last value of each series; their names where there are several."""
    names = [classed("small", "", one.name) if len(lines) > 1 else None for one in lines]
    values = [one.values[-1] for one in lines]
    colours = [f"color:{of_value(panel.steps, value)}" for value in values]
    shown = [
        el("div", {"style": colour}, name, written(value, panel.unit))
        for name, value, colour in zip(names, values, colours, strict=True)
    ]
    return classed("div", "numbers", *shown)
