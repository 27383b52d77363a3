"""Every dashboard can be drawn, is drawn in the size of its picture, and reads as Grafana has it."""

import json
import struct
from pathlib import Path
from typing import Final

import pytest

from tests.deploy.reading import TOP
from tools.pictures.dashboards.__main__ import BOARDS, picture_of
from tools.pictures.dashboards.board import Board, Look, Step, Target, read_board
from tools.pictures.dashboards.page import size_of

FILES: Final = sorted(BOARDS.glob("*.json"))
PICTURES: Final = TOP / "docs" / "pictures"
LARGEST: Final = 300_000
"""Bytes of a picture."""


def read(file: Path) -> Board:
    return read_board(file.read_text(encoding="utf-8"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_dashboard_has_only_panels_that_can_be_drawn(file: Path) -> None:
    found = json.loads(file.read_text(encoding="utf-8"))["panels"]

    made = read(file).panels

    assert [one.title for one in made] == [one["title"] for one in found]
    assert all(one.targets for one in made if one.look is not Look.ROW)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_its_picture_has_the_size_of_its_grid(file: Path) -> None:
    picture = (PICTURES / picture_of(file.stem)).read_bytes()

    assert picture.startswith(b"\x89PNG")
    assert struct.unpack(">II", picture[16:24]) == size_of(read(file)), "panels came or went: make pictures"
    assert len(picture) <= LARGEST


def test_there_is_no_picture_of_a_dashboard_that_is_gone() -> None:
    assert {one.name for one in PICTURES.glob("dashboard-*")} == {picture_of(file.stem) for file in FILES}


def test_a_panel_has_what_grafana_is_given() -> None:
    made = read(BOARDS / "alert-router-overview.json").panels

    letters = next(one for one in made if one.title == "Dead letters")
    assert not letters.zeros, "a reason that there is not is left out of the legend"
    oldest = next(one for one in made if one.title == "Oldest due")
    assert oldest.targets == [Target("max(alert_router_oldest_due_seconds)", "oldest")]
    assert oldest.steps == [Step(float("-inf"), "green"), Step(60, "red")]
    assert (oldest.place.x, oldest.place.width, oldest.look) == (4, 4, Look.STAT)


def test_colours_of_series_are_by_name() -> None:
    colour = {"id": "color", "value": {"mode": "fixed", "fixedColor": "red"}}
    other = {"id": "unit", "value": "s"}
    overrides = [{"matcher": {"id": "byName", "options": "critical"}, "properties": [other, colour]}]
    panel = {
        "type": "timeseries",
        "title": "t",
        "gridPos": {"x": 0, "y": 0, "w": 12, "h": 8},
        "targets": [],
        "fieldConfig": {"defaults": {"unit": "short"}, "overrides": overrides},
        "options": {},
    }

    [made] = read_board(json.dumps({"uid": "u", "title": "t", "description": "", "panels": [panel]})).panels

    assert made.colours == {"critical": "red"}
    assert made.zeros


@pytest.mark.parametrize("kind", ["heatmap", "piechart"])
def test_a_panel_that_cannot_be_drawn_is_refused_and_not_left_out(kind: str) -> None:
    place = {"x": 0, "y": 0, "w": 12, "h": 8}
    text = json.dumps({"uid": "u", "title": "t", "description": "", "panels": [{"type": kind, "gridPos": place}]})

    with pytest.raises(ValueError, match=kind):
        read_board(text)
