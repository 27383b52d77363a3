"""Panels and recordings to draw, with usual values."""

from collections.abc import Mapping, Sequence
from typing import Any

from router.monitoring.panel import Unit
from tools.pictures.dashboards.board import Board, Look, Panel, Place, Step, Target
from tools.pictures.dashboards.page import page_of
from tools.pictures.dashboards.recording import Recording
from tools.pictures.dashboards.series import Answer, Span

SPAN = Span(1_000, 1_100, 10)


def lines(*legends: str, **more: Any) -> Panel:
    """A panel of lines with a query `a`, `b`, ... for each legend."""
    targets = [Target(name, legend) for name, legend in zip("abc", legends, strict=False)]
    return Panel(Look.LINES, "Flow", Place(0, 0, 12, 8), targets, **more)


def number(*steps: Step, unit: Unit = Unit.COUNT) -> Panel:
    """A panel of one number, that of the query `a`."""
    return Panel(Look.STAT, "Now", Place(0, 0, 4, 4), [Target("a", "it")], unit, steps)


def answer(values: Mapping[int, str], **labels: str) -> dict[str, Any]:
    """One series of an answer, its values by their times."""
    return {"metric": labels, "values": [[at, value] for at, value in values.items()]}


def drawn(panel: Panel, **answers: Answer) -> str:
    """The page of a dashboard with this panel alone."""
    return page_of(board(panel), Recording(SPAN, "acme", answers))


def board(*panels: Panel) -> Board:
    """A dashboard with these panels."""
    return Board("alert-router-test", "Test", "For tests.", panels)


def series(values: Sequence[str]) -> dict[str, Any]:
    """One series of an answer without labels, from the start of the time that is shown."""
    return answer({1_000 + 10 * place: value for place, value in enumerate(values)})
