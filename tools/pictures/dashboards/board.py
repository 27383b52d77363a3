"""A dashboard as Grafana's JSON has it: what is asked, and where and how the answers are shown."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from router.monitoring.panel import Unit

_ZEROS: Final = {"op": "gte", "reducer": "allIsZero", "value": 0}
"""Matches series whose values are all zero; the one override of theirs that we write takes them out of the legend."""

Json = Mapping[str, Any]


class Look(StrEnum):
    """Grafana's names of the panels that can be drawn."""

    ROW = "row"
    STAT = "stat"
    LINES = "timeseries"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a panel stands: in columns, of which there are 24, and in rows."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Target:
    """What is asked, and what the series are called, by labels in double braces."""

    expression: str
    legend: str


@dataclass(frozen=True, slots=True)
class Step:
    """From this value on the colour is this one."""

    value: float
    colour: str


@dataclass(frozen=True, slots=True)
class Panel:
    """One panel; a row has a title alone."""

    look: Look
    title: str
    place: Place
    targets: Sequence[Target] = ()
    unit: Unit = Unit.COUNT
    steps: Sequence[Step] = ()
    colours: Mapping[str, str] | None = None
    """Grafana's names of colours, by the names of series."""
    opacity: int = 0
    """Of what is between a line and zero, in percent."""
    zeros: bool = True
    """Whether the legend has series that are zero all along."""


@dataclass(frozen=True, slots=True)
class Board:
    """A dashboard."""

    uid: str
    title: str
    text: str
    panels: Sequence[Panel]

    @property
    def rows(self) -> int:
        """How many rows of the grid it has."""
        return max(one.place.y + one.place.height for one in self.panels)


def read_board(text: str) -> Board:
    """The dashboard in a file.

    Raises:
        ValueError: a panel, or a unit, is none that can be drawn.
    """
    found = json.loads(text)
    panels = [_panel(one) for one in found["panels"]]
    return Board(found["uid"], found["title"], found["description"], panels)


def _panel(found: Json) -> Panel:
    look, place = Look(found["type"]), _place(found["gridPos"])
    if look is Look.ROW:
        return Panel(look, found["title"], place)
    usual = found["fieldConfig"]["defaults"]
    return Panel(
        look,
        found["title"],
        place,
        [Target(one["expr"], one["legendFormat"]) for one in found["targets"]],
        Unit(usual["unit"]),
        _steps(usual),
        dict(_colours(found["fieldConfig"]["overrides"])),
        usual.get("custom", {}).get("fillOpacity", 0),
        _ZEROS not in [one["matcher"]["options"] for one in found["fieldConfig"]["overrides"]],
    )


def _place(found: Json) -> Place:
    return Place(found["x"], found["y"], found["w"], found["h"])


def _steps(usual: Json) -> Sequence[Step]:
    """The lowest has no value in JSON."""
    steps = usual.get("thresholds", {}).get("steps", ())
    return [Step(float("-inf") if one["value"] is None else one["value"], one["color"]) for one in steps]


def _colours(overrides: Sequence[Json]) -> list[tuple[str, str]]:
    return [
        (one["matcher"]["options"], given["value"]["fixedColor"])
        for one in overrides
        for given in one["properties"]
        if given["id"] == "color"
    ]
