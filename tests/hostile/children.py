"""The run's own processes beside the system: each reads lines and answers each with one line of JSON."""

import asyncio
import json
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from alert_router_local.process import die_with_parent

from bench.processes import environment

_WITHIN_S: Final = 90.0


class ToolError(Exception):
    """A part of the run itself has failed; its log has the reason."""


@dataclass(frozen=True, slots=True)
class Child:
    """A process that answers lines."""

    process: Process
    log: Path

    async def ask(self, line: str = "") -> Any:
        """What it answers to a line.

        Raises:
            ToolError: it has ended, or does not answer.
        """
        assert self.process.stdin is not None
        self.process.stdin.write(f"{line}\n".encode())
        return await self.read()

    async def read(self) -> Any:
        """Its next answer.

        Raises:
            ToolError: it has ended, or does not answer.
        """
        assert self.process.stdout is not None
        try:
            return json.loads(await asyncio.wait_for(self.process.stdout.readline(), _WITHIN_S))
        except (ValueError, TimeoutError) as error:
            raise ToolError(f"no answer from {self.log.stem}, see {self.log}") from error


@asynccontextmanager
async def child(log: Path, module: str, *arguments: str) -> AsyncIterator[Child]:
    """A module in a process of its own, killed at the end."""
    with log.open("wb") as stderr:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            module,
            *arguments,
            limit=2**20,
            env=environment({}),
            stdin=PIPE,
            stdout=PIPE,
            stderr=stderr,
            preexec_fn=die_with_parent,
        )
    try:
        yield Child(process, log)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
