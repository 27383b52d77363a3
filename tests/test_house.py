"""The project keeps its own budgets: length, parameters, size of packages, cycles, tests that mirror the core."""

from pathlib import Path
from typing import Final

import pytest

from tools.house.budgets import breaches
from tools.house.source import Module, read_modules

TOP: Final = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def modules() -> list[Module]:
    return list(read_modules(TOP))


def test_no_budget_is_exceeded(modules: list[Module]) -> None:
    assert list(breaches(modules, TOP / "tests")) == []


def test_every_part_of_the_project_is_measured(modules: list[Module]) -> None:
    assert {"router", "slack_view", "slack_emulator", "alert_router_local", "tools", "bench"} <= {
        one.name for one in modules
    }
