"""`make locales` on what is committed changes nothing: the catalogues are up to date, as their tool writes them."""

import shutil
import subprocess
import sys
from pathlib import Path

TOP = Path(__file__).parents[2]
DATES = ('"POT-Creation-Date', '"PO-Revision-Date', '"Generated-By')


def recipe(target: str) -> list[str]:
    """The commands of a target in the Makefile, each on one line."""
    makefile = (TOP / "Makefile").read_text(encoding="utf-8").replace("\\\n", " ")
    _, _, below = makefile.partition(f"\n{target}:")
    commands, _, _ = below.partition("\n\n")
    return [line.strip() for line in commands.splitlines()[1:]]


def catalogues(top: Path) -> dict[str, list[str]]:
    """The lines of all catalogues but those that say when they were written."""
    return {
        str(path.relative_to(top)): [
            line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith(DATES)
        ]
        for path in sorted((top / "locales").rglob("*.po*"))
    }


def test_extracting_and_updating_changes_nothing(tmp_path: Path) -> None:
    shutil.copy(TOP / "babel.cfg", tmp_path)
    for folder in ("templates", "locales"):
        shutil.copytree(TOP / folder, tmp_path / folder)
    commands = [
        command.replace("$(BIN)/pybabel", f"{sys.executable} -m babel.messages.frontend")
        for command in recipe("locales")
    ]

    assert len(commands) == 2
    for command in commands:
        subprocess.run(command, shell=True, cwd=tmp_path, check=True)

    assert catalogues(tmp_path) == catalogues(TOP), "run: make locales"
