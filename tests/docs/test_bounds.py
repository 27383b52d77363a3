"""The table of bounds holds what the code holds, and each of its rows names a test that tries the bound."""

import ast
import re
from typing import Any, Final

import pytest
from pydantic import ValidationError

from router.settings import LimitsSettings
from tests.docs.pages import TOP
from tools.docs.bound import Bound
from tools.docs.bound_rows import ROWS
from tools.docs.bounds import page

_CONSTANT: Final = re.compile(r"^(MAX_\w+|UNPACKED_MAX)(?:: Final)? = ", re.MULTILINE)
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


@pytest.mark.parametrize("row", [pytest.param(row, id=row.what) for row in ROWS if "." not in row.name and row.name])
def test_a_bound_is_used_by_the_module_that_enforces_it(row: Bound) -> None:
    """By its name, or as one of the bounds that the settings hold."""
    text = (
        TOP.joinpath("router", *(row.enforced or row.where).split(".")).with_suffix(".py").read_text(encoding="utf-8")
    )
    once_to_define_it = not row.enforced
    assert len(re.findall(rf"\b{row.name}\b", text)) > once_to_define_it or (
        row.where == "core.parse.bounds" and "bounds." in text
    )


@pytest.mark.parametrize("row", CASES)
def test_a_row_has_a_number_and_its_modules_exist(row: Bound) -> None:
    assert row.value
    for module in (row.where, row.enforced or row.where):
        assert TOP.joinpath("router", *module.split(".")).with_suffix(".py").exists()


@pytest.mark.parametrize("row", CASES)
def test_a_row_names_a_test_that_tries_the_bound(row: Bound) -> None:
    file, _, name = row.test.partition("::")
    text = (TOP / "tests" / file).read_text(encoding="utf-8")
    defined = {
        one.name for one in ast.walk(ast.parse(text)) if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    assert name in defined


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
