"""Of which repository and commit a folder is, by the pipeline that runs or by git; nobody has to know."""

import subprocess
from pathlib import Path
from typing import Final

from router.control.gitops.plan import Source
from router.control.gitops.sources import of_ci, repository, within
from router.settings import process_environment

_LONGEST_S: Final = 10.0
_CHANGED: Final = "-changed"
"""At the end of a commit: files of the folder are not as they are there."""


def source_of(folder: Path) -> Source:
    """What CI says, else git; both "" where neither knows."""
    prefix, changed = _git(folder, "rev-parse", "--show-prefix"), _git(folder, "status", "--porcelain", "--", ".")
    found = of_ci(process_environment())
    if not found.name:
        found = Source(repository(_git(folder, "remote", "get-url", "origin")), _git(folder, "rev-parse", "HEAD"))
    if not found.name or not found.ref:
        return Source()
    return within(Source(found.name, found.ref + (_CHANGED if changed else "")), prefix)


def _git(folder: Path, *arguments: str) -> str:
    """What git prints; "" where it is not installed, or the folder is not one of a repository."""
    try:
        done = subprocess.run(  # noqa: S603 - no shell, and no word of anybody else's
            ["git", "-C", str(folder), *arguments],  # noqa: S607 - the git of who runs this
            capture_output=True,
            text=True,
            check=False,
            timeout=_LONGEST_S,
        )
    except (OSError, subprocess.SubprocessError, UnicodeError):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
