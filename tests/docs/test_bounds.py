"""The table of bounds holds what the code holds, and each of its rows names a test that tries the bound."""

import ast
import re
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import pytest
from pydantic import ValidationError

from router.settings import LimitsSettings
from tests.bounds import tries, tries_time
from tests.docs.pages import TOP
from tools.docs.bound import Bound
from tools.docs.bound_rows import ROWS
from tools.docs.bounds import page

_CONSTANT: Final = re.compile(r"^(MAX_\w+|UNPACKED_MAX)(?:: Final)? = ", re.MULTILINE)
TESTS: Final = TOP / "tests"
CASES: Final = [pytest.param(row, id=row.what) for row in ROWS]


def public_bounds() -> set[tuple[str, str]]:
    """Every constant of the service that is named as a bound, with its module."""
    found = set()
    for path in (TOP / "router").rglob("*.py"):
        module = ".".join(path.relative_to(TOP / "router").with_suffix("").parts)
        found |= {(module, name) for name in _CONSTANT.findall(path.read_text(encoding="utf-8"))}
    return found


def test_every_bound_of_the_code_has_a_row() -> None:
    assert len(public_bounds()) > 50
    assert sorted(public_bounds() - {(row.where, row.name) for row in ROWS}) == []


@pytest.mark.parametrize("row", CASES)
def test_a_bound_is_read_by_the_module_that_enforces_it(row: Bound) -> None:
    """Not only set, imported or named: its value is used there."""
    file = TOP.joinpath("router", *(row.enforced or row.where).split(".")).with_suffix(".py")
    assert (row.read or row.name) in names_read(ast.parse(file.read_text(encoding="utf-8")))


def names_read(tree: ast.AST) -> set[str]:
    """Names and attributes whose value is taken."""
    found = set()
    for one in ast.walk(tree):
        if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Load):
            found.add(one.id)
        elif isinstance(one, ast.Attribute) and isinstance(one.ctx, ast.Load):
            found.add(one.attr)
    return found


def test_a_name_that_is_only_set_or_imported_is_not_read() -> None:
    tree = ast.parse("from x import MAX_A\nMAX_B: Final = 1\nMAX_C = 2\ny.d = 'MAX_E'\nz = MAX_F + y.g")
    assert {"MAX_A", "MAX_B", "MAX_C", "d", "MAX_E"}.isdisjoint(names_read(tree))
    assert {"MAX_F", "g"} <= names_read(tree)


@pytest.mark.parametrize("row", CASES)
def test_a_row_has_a_number_and_its_modules_exist(row: Bound) -> None:
    assert row.value
    for module in (row.where, row.enforced or row.where):
        assert TOP.joinpath("router", *module.split(".")).with_suffix(".py").exists()


@dataclass(frozen=True)
class Tried:
    """A row that a test is marked with; `at`: on the bound as well, not only on both sides of it."""

    test: str
    row: str
    at: bool


@cache
def tried() -> frozenset[Tried]:
    """All that tests are marked with."""
    return frozenset(
        Tried(
            f"{path.relative_to(TOP / 'tests')}::{test.name}", ast.literal_eval(row), mark.func.id == tries.__name__
        )
        for path in TESTS.rglob("test_*.py")
        for test in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(test, ast.FunctionDef | ast.AsyncFunctionDef)
        for mark in test.decorator_list
        if isinstance(mark, ast.Call) and isinstance(mark.func, ast.Name)
        if mark.func.id in {tries.__name__, tries_time.__name__}
        for row in mark.args
    )


@pytest.mark.parametrize("row", CASES)
def test_the_test_that_a_row_names_tries_it_below_at_and_above(row: Bound) -> None:
    """Seconds of a clock that runs are tried before and after."""
    assert tried() & {Tried(row.test, row.what, True), Tried(row.test, row.what, not row.unit.startswith("seconds"))}


def test_no_test_is_marked_with_a_row_that_is_not_there() -> None:
    assert {one.row for one in tried()} == {row.what for row in ROWS}


def test_no_two_rows_have_the_same_words() -> None:
    assert len({row.what for row in ROWS}) == len(ROWS)


@pytest.mark.parametrize("row", [one for one in CASES if one.values[0].name and one.values[0].setting])  # type: ignore[union-attr]
def test_a_variable_changes_the_bound_that_stands_in_its_row(row: Bound) -> None:
    assert row.default == row.value


@pytest.mark.parametrize("name", LimitsSettings.model_fields)
def test_no_variable_raises_a_bound_of_alerts_above_its_ceiling(name: str) -> None:
    [ceiling] = {row.ceiling for row in ROWS if row.setting == f"limits.{name}"}
    assert ceiling is not None
    taken: dict[str, Any] = {name: int(ceiling)}
    assert getattr(LimitsSettings(**taken), name) == ceiling
    with pytest.raises(ValidationError):
        LimitsSettings(**{name: int(ceiling) + 1})


def test_the_page_has_a_row_for_each() -> None:
    assert page().count("\n| ") == len(ROWS) + 2
