"""Colours on a terminal, and nowhere else."""

import sys

import pytest

from router.cli.paint import painted, painted_diff

DIFF = "--- a\n+++ b\n@@ -1 +1 @@\n same\n-old\n+new\n"
CODES = ("NO_COLOR", "TERM")


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in CODES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    return monkeypatch


def test_a_diff_is_green_and_red_on_a_terminal(terminal: pytest.MonkeyPatch) -> None:
    lines = painted_diff(DIFF).split("\n")

    assert "\x1b[31m-old\x1b[0m" in lines
    assert "\x1b[32m+new\x1b[0m" in lines
    assert " same" in lines
    assert lines[-1] == ""


@pytest.mark.parametrize(("name", "value"), [("NO_COLOR", "1"), ("TERM", "dumb")])
def test_no_colours_where_they_are_not_wanted(terminal: pytest.MonkeyPatch, name: str, value: str) -> None:
    terminal.setenv(name, value)

    assert painted_diff(DIFF) == DIFF


def test_no_colours_in_a_pipe(terminal: pytest.MonkeyPatch) -> None:
    terminal.setattr(sys.stdout, "isatty", lambda: False, raising=False)

    assert painted("x", "red") == "x"
