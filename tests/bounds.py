"""Marks tests of bounds: each names the rows of docs/bounds.md that it tries, and runs on both sides of the bound."""

from collections.abc import Callable
from typing import Any, Final, TypeVar

import pytest

Test = TypeVar("Test", bound=Callable[..., Any])

_NEAR: Final = {"below": -1, "at": 0, "above": 1}


def tries(*rows: str) -> Callable[[Test], Test]:
    """A test of these rows; its argument `beyond` is -1 just below the bound, 0 at it, 1 just above."""
    return _marked(rows, ["below", "at", "above"])


def tries_time(*rows: str) -> Callable[[Test], Test]:
    """A test of seconds on a clock that runs: `beyond` is -1 before they have passed and 1 afterwards."""
    return _marked(rows, ["below", "above"])


def _marked(rows: tuple[str, ...], sides: list[str]) -> Callable[[Test], Test]:
    beyond = pytest.mark.parametrize("beyond", [_NEAR[side] for side in sides], ids=sides)
    return lambda test: pytest.mark.bound(*rows)(beyond(test))
