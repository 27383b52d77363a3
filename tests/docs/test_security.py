"""Each test that the page on security names is there."""

import ast
import re
from pathlib import Path
from typing import Final

import pytest

TOP: Final = Path(__file__).parents[2]
NAMED: Final = sorted(
    set(re.findall(r"`([a-z0-9_/]+\.py)::(test_\w+)`", (TOP / "docs" / "security.md").read_text("utf-8")))
)


@pytest.mark.parametrize(("path", "name"), NAMED)
def test_an_attack_that_the_page_names_is_tried(path: str, name: str) -> None:
    module = ast.parse((TOP / "tests" / path).read_text(encoding="utf-8"))

    assert name in {one.name for one in module.body if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)}


def test_attacks_are_named() -> None:
    assert len(NAMED) > 20
