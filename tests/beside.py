"""What takes long and mostly waits for other processes, begun with the first test and run beside all the others.

It runs in a child process: a thread of the tests' own process would import modules while Hypothesis draws, and
Hypothesis draws from the constants of all modules that are imported.
`python -m tests.beside FOLDER NAME...` is that child.
"""

import asyncio
import pickle
import signal
import subprocess
import sys
from collections.abc import Callable, Coroutine, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from tests.waiting import eventually

LONG_RUNS: Final = {
    "outcomes": "tests.e2e.killing:all_outcomes",
    "first_hour": "tests.docs.first_hour:walk_the_first_hour",
}
"""Coroutine functions of a folder of their own, by the fixtures that want them."""

_PATIENCE_S: Final = 600
"""More than any test may wait: its own time-out comes first."""


class LongRuns:
    """Runs one after the other, in one child process; what each came to is left in the folder."""

    def __init__(self, folder: Path, names: Sequence[str]) -> None:
        self._folder = folder
        self._log = folder / "log"
        self._process: subprocess.Popen[bytes] | None = None
        if names:
            with self._log.open("wb") as log:
                self._process = subprocess.Popen(
                    [sys.executable, "-m", __name__, str(folder), *names], stdout=log, stderr=subprocess.STDOUT
                )

    async def result(self, name: str) -> Any:
        """What it came to; fails with what the child printed if it failed."""
        file = _result(self._folder, name)
        await eventually(lambda: file.exists() or self._ended(), within_s=_PATIENCE_S)
        assert file.exists(), self._log.read_text(encoding="utf-8", errors="replace")
        return pickle.loads(file.read_bytes())

    def end(self) -> None:
        """Let what runs clean up after itself, and begin nothing more."""
        if self._process is not None:
            if not self._ended():
                self._process.send_signal(signal.SIGINT)
            self._process.wait()

    def _ended(self) -> bool:
        return self._process is None or self._process.poll() is not None


def run_all(folder: Path, names: Sequence[str]) -> None:
    """Run each in a folder of its own and write down what it came to; the first that fails ends the process."""
    for name in names:
        module, _, function = LONG_RUNS[name].partition(":")
        work: Callable[[Path], Coroutine[Any, Any, Any]] = getattr(import_module(module), function)
        own = folder / name
        own.mkdir()
        came_to = asyncio.run(work(own))
        draft = own.with_suffix(".draft")
        draft.write_bytes(pickle.dumps(came_to))
        draft.replace(_result(folder, name))


def _result(folder: Path, name: str) -> Path:
    return folder / f"{name}.pickle"


if __name__ == "__main__":
    run_all(Path(sys.argv[1]), sys.argv[2:])
