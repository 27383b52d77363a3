"""The pages, and a folder that looks like a clone of the project after `make install`."""

import sys
from pathlib import Path
from typing import Final

TOP: Final = Path(__file__).parents[2]
PAGES: Final = [
    *sorted(TOP.glob("*.md")),
    *sorted((TOP / "docs").rglob("*.md")),
    *sorted((TOP / "packages").glob("*/README.md")),
]

_PROGRAM: Final = """\
#!/bin/sh
PYTHONPATH={top} exec {python} -P -m router "$@"
"""
_PYTHON: Final = """\
#!/bin/sh
exec {python} "$@"
"""
"""A link would be another Python, without what is installed beside this one."""


def make_clone(folder: Path) -> Path:
    """What the commands of the pages need of a clone; `alert-router` there is the code under test."""
    program = folder / ".venv/bin/alert-router"
    program.parent.mkdir(parents=True)
    _write(program, _PROGRAM)
    _write(program.parent / "python3", _PYTHON)
    for name in ("deploy", "docs", "packages", "router", "tests"):
        (folder / name).symlink_to(TOP / name)
    return folder


def _write(program: Path, text: str) -> None:
    program.write_text(text.format(top=TOP, python=sys.executable), encoding="utf-8")
    program.chmod(0o755)
