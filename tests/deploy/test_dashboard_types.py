"""The dashboards are what Grafana's own types allow, by its package for npm; what is not is found.

`make test-dashboards` fetches the types and TypeScript's compiler into `.npm`.
"""

import json
import os
import subprocess
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from shutil import copy
from typing import Any, Final

import pytest

from tests.deploy.reading import TOP
from tools.dashboards.boards import BOARDS, FOLDER

TYPED: Final = Path(__file__).parent / "typed"
FETCHED: Final = TOP / ".npm/node_modules"
Json = dict[str, Any]
Break = Callable[[Json, Json], object]
"""Spoils a dashboard, or the first of its panels that is drawn."""

BROKEN: Final[dict[str, Break]] = {
    "a panel of a kind that there is not": lambda _, panel: panel.update(type="timeserie"),
    "a word in place of a place": lambda _, panel: panel.update(gridPos="left"),
    "a place without a width": lambda _, panel: panel["gridPos"].pop("w"),
    "a key that is not known": lambda _, panel: panel.update(titel="Calls"),
    "an option that is not known": lambda _, panel: panel["options"].update(legends={}),
    "a value that an enum lacks": lambda _, panel: panel["options"]["legend"].update(displayMode="lst"),
    "a unit that is a number": lambda _, panel: panel["fieldConfig"]["defaults"].update(unit=3),
    "a query without an expression": lambda _, panel: panel["targets"][0].pop("expr"),
    "no data source": lambda _, panel: panel.pop("datasource"),
    "a variable of a kind that there is not": lambda board, _: board["templating"]["list"][0].update(
        type="prometheus"
    ),
    "tags that are no list": lambda board, _: board.update(tags="alert-router"),
    "a cursor that is not known": lambda board, _: board.update(graphTooltip=7),
}

pytestmark = [pytest.mark.long, pytest.mark.night]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    if not FETCHED.exists():
        missing = "Grafana's types are not there: make test-dashboards"
        if os.environ.get("CI_REQUIRES_NPM"):
            pytest.fail(missing)
        pytest.skip(missing)
    (tmp_path / "node_modules").symlink_to(FETCHED)
    for name in ("board.ts", "tsconfig.json"):
        copy(TYPED / name, tmp_path)
    return tmp_path


def boards() -> dict[str, Json]:
    return {one.uid: json.loads((TOP / FOLDER / f"{one.uid}.json").read_text(encoding="utf-8")) for one in BOARDS}


def complaints(folder: Path, named: dict[str, Json]) -> dict[str, str]:
    """What the compiler complains of, by the dashboard; those of which it does not are left out."""
    for name, board in named.items():
        program = f'import type {{ Board }} from "./board";\nexport const board: Board = {json.dumps(board)};\n'
        (folder / f"{name}.ts").write_text(program, encoding="utf-8")
    compiler = [str(folder / "node_modules/.bin/tsc"), "--project", str(folder), "--pretty", "false"]
    done = subprocess.run(compiler, cwd=folder, capture_output=True, text=True, check=False)
    found = [line.partition("(") for line in done.stdout.splitlines() if ".ts(" in line]
    assert (done.returncode == 0) is (not found), done.stdout + done.stderr
    return {Path(name).stem: rest for name, _, rest in found}


def test_every_dashboard_is_what_grafanas_types_allow(folder: Path) -> None:
    assert complaints(folder, boards()) == {}


def test_whatever_they_do_not_allow_is_found(folder: Path) -> None:
    whole, broken = boards()["alert-router-slack"], {}
    for name, spoil in BROKEN.items():
        board = deepcopy(whole)
        spoil(board, next(one for one in board["panels"] if one["type"] == "timeseries"))
        broken[name.replace(" ", "-")] = board

    assert complaints(folder, broken | {"whole": whole}).keys() == broken.keys()
