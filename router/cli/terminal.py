"""Colours and tables on a terminal only, honouring NO_COLOR; whatever is not a terminal gets plain lines."""

import sys
from collections.abc import Sequence
from typing import Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from router.diagnostic import one_line

_BY_MARK: Final = {"+": "green", "-": "red", "@": "cyan"}
_GAP: Final = 2

Row = tuple[Text, str, Text]
"""The cells of a row; the first may be coloured, the last may have several lines."""


def print_diff(diff: str) -> None:
    """Print a unified diff: added lines are green, removed ones red."""
    console = _console()
    for line in diff.split("\n"):
        console.print(Text(line, _BY_MARK.get(line[:1], "")), soft_wrap=True)


def print_table(rows: Sequence[Row], first_width: int) -> None:
    """Print rows in columns; on a terminal, long lines are wrapped within their column."""
    console = _console()
    if console.is_terminal:
        table = Table.grid(padding=(0, _GAP, 0, 0))
        table.add_column(min_width=first_width, no_wrap=True)
        table.add_column(no_wrap=True)
        table.add_column(overflow="fold")
        for row in rows:
            table.add_row(*row)
        console.print(table)
    else:
        _print_plain(rows, first_width)


def print_columns(header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print rows: aligned below a header on a terminal; elsewhere without it, with tabs between the cells."""
    console = _console()
    if not console.is_terminal:
        sys.stdout.writelines("\t".join(row).rstrip("\t") + "\n" for row in rows)
        return
    table = Table(box=None, padding=(0, _GAP, 0, 0), pad_edge=False, header_style="bold")
    for name in header:
        table.add_column(name.upper(), overflow="fold")
    for row in rows:
        table.add_row(*(safe(cell) for cell in row))
    console.print(table)


def safe(text: str, style: str = "") -> Text:
    """A text for one line of a cell, with everything escaped that would disturb the terminal."""
    return Text(one_line(text), style)


def _console() -> Console:
    """Decided by the stream alone: programs that set FORCE_COLOR still read plain lines from a pipe."""
    return Console(force_terminal=sys.stdout.isatty(), highlight=False, markup=False, emoji=False)


def _print_plain(rows: Sequence[Row], first_width: int) -> None:
    second_width = max((len(name) for _, name, _ in rows), default=0)
    indent = " " * (first_width + second_width + 2 * _GAP)
    for first, second, third in rows:
        first_line, *more = third.plain.split("\n")
        line = f"{first.plain:<{first_width}}  {second:<{second_width}}  {first_line}"
        sys.stdout.write("\n".join([line, *(indent + one for one in more)]) + "\n")
