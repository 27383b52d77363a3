"""What the map of SOC 2 names is there: files, settings, commands, actions, metrics, tests that `make test` runs."""

import ast
from functools import cache

import pytest

from router.observe.metrics import ROWS as METRICS
from router.ports.audit import Action
from router.settings import known_variables
from tests.docs.pages import TOP
from tools.compliance.controls import Control, read
from tools.docs.commands import commands, program
from tools.docs.soc2 import is_file

CONTROLS = [pytest.param(one, id=f"{one.criterion} {number}") for number, one in enumerate(read().controls)]
NOT_IN_EACH_RUN = {"long", "night", "hostile", "kafka", "parity", "slack"}


@pytest.mark.parametrize("control", CONTROLS)
def test_what_makes_a_control_so_exists(control: Control) -> None:
    files = {one for one in control.mechanisms if is_file(one)}
    settings = {f"ALERT_ROUTER_{one}" for one in control.mechanisms if not is_file(one)}

    assert [one for one in files if not (TOP / one).exists()] == []
    assert settings <= known_variables()


@pytest.mark.parametrize("control", CONTROLS)
def test_evidence_is_to_be_had(control: Control) -> None:
    assert set(control.commands) <= {path for path, _ in commands(program())}
    assert set(control.actions) <= {*Action}
    assert set(control.metrics) <= {row.full_name for row in METRICS}


@pytest.mark.parametrize("control", CONTROLS)
def test_what_shows_a_control_is_run_each_time(control: Control) -> None:
    for test in control.tests:
        file, _, name = test.partition("::")
        marks = marks_of(file)
        assert name in marks, f"{test} is not there"
        assert not marks[name] & NOT_IN_EACH_RUN, f"{test} is not part of make test"


@cache
def marks_of(file: str) -> dict[str, set[str]]:
    """The marks of each test of a file, those of the whole file too."""
    tree = ast.parse((TOP / "tests" / file).read_text(encoding="utf-8"))
    whole = {mark for one in tree.body if isinstance(one, ast.Assign) for mark in marks_in([one.value])}
    tests = [one for one in ast.walk(tree) if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)]
    return {one.name: whole | marks_in(one.decorator_list) for one in tests}


def marks_in(nodes: list[ast.expr]) -> set[str]:
    """Names after `pytest.mark.` in these."""
    found = [each for node in nodes for each in ast.walk(node) if isinstance(each, ast.Attribute)]
    return {one.attr for one in found if isinstance(one.value, ast.Attribute) and one.value.attr == "mark"}
