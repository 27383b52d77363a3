"""Each guarantee of the isolation policy names modules and tests that there are."""

import ast
from itertools import chain

import pytest

from router.control.isolation.dimensions import Budget, Data, Region, Store, Topic, Workers
from router.core.model.rules.limits import Keys
from tests.docs.pages import TOP
from tools.docs.isolation import ROWS, Shown

CASES = [pytest.param(row, id=f"{type(row.way).__name__}.{row.way}") for row in ROWS]


def test_every_way_has_a_guarantee() -> None:
    assert [row.way for row in ROWS] == [*chain(Data, Budget, Keys, Topic, Workers, Store, Region)]


@pytest.mark.parametrize("row", CASES)
def test_what_enforces_a_guarantee_exists(row: Shown) -> None:
    files = [TOP.joinpath("router", *module.split(".")).with_suffix(".py") for module in row.modules]

    assert files
    assert [file for file in files if not file.exists()] == []


@pytest.mark.parametrize("row", CASES)
def test_what_shows_a_guarantee_exists(row: Shown) -> None:
    assert row.tests
    for test in row.tests:
        file, _, name = test.partition("::")
        body = ast.walk(ast.parse((TOP / "tests" / file).read_text(encoding="utf-8")))
        assert name in {one.name for one in body if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)}
