"""Colours and wrapped tables on a terminal, and plain lines everywhere else."""

import io
from collections.abc import Callable
from contextlib import redirect_stdout

import pytest
from rich.text import Text

from router.cli.terminal import print_columns, print_diff, print_table

DIFF = "--- a\n+++ b\n@@ -1 +1 @@\n same\n-old [bold] :smile:\n+new\n"
ROWS = [
    (Text("ok", "green"), "token", Text("it works")),
    (Text("wrong", "red"), "channel 全", Text("the bot is not in it\n-> " + "invite the bot " * 12)),
]
PLAIN = f"""\
ok       token      it works
wrong    channel 全  the bot is not in it
                    -> {"invite the bot " * 12}
"""
VARIABLES = ("NO_COLOR", "TERM", "FORCE_COLOR", "TTY_COMPATIBLE")


class Stream(io.StringIO):
    """A stdout that is a terminal, or is not."""

    def __init__(self, *, terminal: bool) -> None:
        super().__init__()
        self._terminal = terminal

    def isatty(self) -> bool:
        return self._terminal


def printed(work: Callable[[], None], *, terminal: bool = True) -> str:
    stream = Stream(terminal=terminal)
    with redirect_stdout(stream):
        work()
    return stream.getvalue()


def print_rows() -> None:
    print_table(ROWS, first_width=7)


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "60")
    return monkeypatch


def test_a_diff_is_green_and_red_on_a_terminal() -> None:
    lines = printed(lambda: print_diff(DIFF)).split("\n")

    assert "\x1b[31m-old [bold] :smile:\x1b[0m" in lines
    assert "\x1b[32m+new\x1b[0m" in lines
    assert " same" in lines


def test_a_long_line_of_a_diff_is_not_wrapped() -> None:
    line = " " + "x" * 200

    assert printed(lambda: print_diff(line)) == f"{line}\n"


def test_a_table_on_a_terminal_is_coloured_and_wrapped_within_its_column() -> None:
    lines = printed(print_rows).splitlines()

    assert lines[0].startswith("\x1b[32mok     \x1b[0m  token       it works")
    assert lines[1].startswith("\x1b[31mwrong  \x1b[0m  channel 全  the bot is not in it")
    assert len(lines) > 5
    assert all(line.startswith(" " * 21) for line in lines[3:])


@pytest.mark.parametrize(("name", "value"), [("NO_COLOR", "1"), ("TERM", "dumb")])
def test_no_colours_where_they_are_not_wanted(environment: pytest.MonkeyPatch, name: str, value: str) -> None:
    environment.setenv(name, value)

    assert printed(lambda: print_diff(DIFF)) == f"{DIFF}\n"
    assert "\x1b" not in printed(print_rows)


@pytest.mark.parametrize("forced", ["", "1"])
def test_a_pipe_gets_plain_lines_whatever_the_environment_forces(
    environment: pytest.MonkeyPatch, forced: str
) -> None:
    environment.setenv("FORCE_COLOR", forced)

    assert printed(lambda: print_diff(DIFF), terminal=False) == f"{DIFF}\n"
    assert printed(print_rows, terminal=False) == PLAIN


def test_columns_have_a_header_on_a_terminal_and_tabs_in_a_pipe() -> None:
    def work() -> None:
        print_columns(("tenant", "version", "state"), [("acme", "12", ""), ("b", "1", "suspended")])

    assert printed(work, terminal=False) == "acme\t12\nb\t1\tsuspended\n"
    header, first, second = printed(work).replace("\x1b[1m", "").replace("\x1b[0m", "").splitlines()
    assert header.split() == ["TENANT", "VERSION", "STATE"]
    assert first.index("12") == header.index("VERSION") == second.index("1")
