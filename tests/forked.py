"""Processes of ours that are forked from one that has imported them: two seconds of computing less for each.

All else is as where a program is started: environment, arguments, output and signals are a process' own.
"""

import asyncio
import multiprocessing
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Final

from tests.waiting import eventually

_FORKS: Final = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(["tests.preloaded"])


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
        return self.process.exitcode

    async def ended(self, within_s: float) -> int:
        """Its exit code once it has ended, or the signal that ended it, as a negative number."""
        await eventually(lambda: self.process.exitcode is not None, within_s=within_s)
        return self.process.exitcode or 0

    def terminate(self) -> None:
        """Ask it to end."""
        self.process.terminate()

    async def kill(self) -> None:
        """End it if it still runs, so that no test leaves a process behind."""
        if self.process.exitcode is None:
            self.process.kill()
        await asyncio.to_thread(self.process.join)


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
