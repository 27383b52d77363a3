"""Roles run on the faster loop where it is installed, and on asyncio's own where it is not."""

import asyncio
import importlib.util
from unittest.mock import patch

import pytest

from router.app.event_loop import run


async def loop() -> str:
    """Whose loop it is."""
    return type(asyncio.get_running_loop()).__module__.partition(".")[0]


def test_the_loop_of_uvloop_is_used_where_it_is_installed() -> None:
    assert run(loop()) == "uvloop"


def test_without_it_asyncio_has_its_own() -> None:
    with patch.object(importlib.util, "find_spec", return_value=None):
        assert run(loop()) == "asyncio"


def test_what_fails_is_raised() -> None:
    async def failing() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run(failing())
