"""Colours, on a terminal alone, and not where NO_COLOR asks for none; see no-color.org."""

import sys
from typing import Final

import typer

from router.settings import process_environment

_BY_MARK: Final = {"+": typer.colors.GREEN, "-": typer.colors.RED, "@": typer.colors.CYAN}


def painted(text: str, color: str) -> str:
    """The text in this colour where colours are wanted."""
    return typer.style(text, fg=color) if _wanted() else text


def painted_diff(diff: str) -> str:
    """A unified diff: what comes is green, what goes is red."""
    return "\n".join(painted(line, _BY_MARK[line[0]]) if line[:1] in _BY_MARK else line for line in diff.split("\n"))


def _wanted() -> bool:
    environment = process_environment()
    return sys.stdout.isatty() and not environment.get("NO_COLOR") and environment.get("TERM") != "dumb"
