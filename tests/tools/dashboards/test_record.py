"""What is drawn is recorded: the whole system runs, and a real Prometheus reads it and is asked."""

from pathlib import Path

import pytest

from tests.prometheus.server import program
from tools.pictures.dashboards.__main__ import BOARDS
from tools.pictures.dashboards.board import Look, read_board
from tools.pictures.dashboards.record import record
from tools.pictures.dashboards.traffic import BEATS


@pytest.mark.long
@pytest.mark.night
@pytest.mark.timeout(300)
async def test_a_recording_has_the_tenants_that_send_and_what_every_panel_asks(tmp_path: Path) -> None:
    program("prometheus")
    boards = [read_board(one.read_text(encoding="utf-8")) for one in BOARDS.glob("*.json")]

    made = await record(boards, 45, tmp_path)

    panels = {one.title: one for board in boards for one in board.panels if one.look is not Look.ROW}
    assert {target.expression for one in panels.values() for target in one.targets} <= made.answers.keys()
    assert {one.name for one in made.series(panels["Busiest tenants"])} >= BEATS.keys()
    assert max(max(one.values) for one in made.series(panels["Alerts in"])) > 0
