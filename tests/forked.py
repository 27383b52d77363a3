"""Processes of ours that are forked from one that has imported them: two seconds of computing less for each.

All else is as where a program is started: environment, arguments, output and signals are a process' own.

How one ended is written once to a pipe. `Process.start` looks at the ends of all others too, and of two threads that
look at once one may find the pipe read and closed by then, which Python calls exit code 255: so one at a time does.
"""

import asyncio
import multiprocessing
import os
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Final

from tests.waiting import eventually

_FORKS: Final = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(["tests.preloaded"])
_KILLED_S: Final = 60.0
_LOOKING: Final = threading.Lock()
"""Held by the thread that may read how a process ended."""


@dataclass(frozen=True, slots=True)
class Forked:
    """A process that was started; its output goes to files."""

    process: ForkServerProcess

    @property
    def pid(self) -> int:
        """Its number as the system has it."""
        if self.process.pid is None:
            raise AssertionError("it was started")
        return self.process.pid

    @property
    def returncode(self) -> int | None:
        """Its exit code, or the signal that ended it, as a negative number; nothing while it runs."""
        with _LOOKING:
            return self.process.exitcode

    async def ended(self, within_s: float) -> int:
        """Its exit code once it has ended, or the signal that ended it, as a negative number."""
        await eventually(lambda: self.returncode is not None, within_s=within_s)
        return self.returncode or 0

    def terminate(self) -> None:
        """Ask it to end."""
        self.process.terminate()

    async def kill(self) -> None:
        """End it if it still runs, so that no test leaves a process behind."""
        if self.returncode is None:
            self.process.kill()
        await self.ended(_KILLED_S)


async def forked(
    main: Callable[[], None], arguments: Sequence[str], environment: Mapping[str, str], out: Path, err: Path
) -> Forked:
    """Start what `main` does with these arguments."""
    given = (main, tuple(arguments), dict(environment), str(out), str(err))
    process = _FORKS.Process(target=_become, args=given, daemon=True)
    await asyncio.to_thread(_start, process, out, err)
    return Forked(process)


def _start(process: ForkServerProcess, *files: Path) -> None:
    for file in files:
        file.touch()  # whoever looks for what it prints may be sooner than it is
    with _LOOKING:
        process.start()


def _become(
    main: Callable[[], None], arguments: tuple[str, ...], environment: dict[str, str], out: str, err: str
) -> None:
    os.environ.clear()
    os.environ.update(environment)
    for stream, path in ((sys.stdout, out), (sys.stderr, err)):
        with open(path, "ab", buffering=0) as file:
            os.dup2(file.fileno(), stream.fileno())
    sys.argv = ["alert-router", *arguments]
    main()
