"""Colours on a dark page: those that Grafana has names for, and those of series, in turn."""

from collections.abc import Sequence
from typing import Final

from tools.pictures.dashboards.board import Panel, Step

_NAMED: Final = {
    "dark-red": "#c4162a",
    "green": "#73bf69",
    "yellow": "#fade2a",
    "orange": "#ff9830",
    "red": "#f2495c",
    "blue": "#5794f2",
    "purple": "#b877d9",
}
_IN_TURN: Final = (
    "#73bf69", "#f2cc0c", "#8ab8ff", "#ff780a", "#f2495c", "#5794f2", "#b877d9", "#56d9c4", "#ffa6b0", "#c0d8a1",
    "#c69b06", "#a352cc",
)  # fmt: skip


def named(colour: str) -> str:
    """As CSS writes it; a name of no colour of ours is left to the browser."""
    return _NAMED.get(colour, colour)


def of_series(panel: Panel, number: int, name: str) -> str:
    """The colour of a panel's series, by its place and its name."""
    own = (panel.colours or {}).get(name)
    return named(own) if own else _IN_TURN[number % len(_IN_TURN)]


def of_value(steps: Sequence[Step], value: float) -> str:
    """The colour of the highest step that the value has reached."""
    return named(next((one.colour for one in reversed(steps) if value >= one.value), "green"))
