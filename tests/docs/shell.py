"""A shell in which the blocks of a page are run one after another, as a person would paste them."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.docs.markdown import Block
from tests.e2e.system import clean_environment
from tests.waiting import eventually

_PATIENCE_S: Final = 90


@dataclass
class Shell:
    """A running bash that ends at the first command that fails."""

    process: asyncio.subprocess.Process
    folder: Path
    log: Path

    async def run(self, block: Block) -> str:
        """Run a block to its end; what it printed."""
        before, done = self.printed(), self.folder.parent / f"{block.line}.done"
        script = done.with_suffix(".sh")
        script.write_text(block.text, encoding="utf-8")
        if self.process.stdin is None:
            raise AssertionError("stdin is a pipe")
        self.process.stdin.write(f". {script} < /dev/null\ntouch {done}\n".encode())
        await eventually(lambda: done.exists() or self.process.returncode is not None, within_s=_PATIENCE_S)
        printed = self.printed().removeprefix(before)
        assert done.exists(), f"{block} failed:\n{block.text}\nsaid:\n{printed}"
        return printed

    def printed(self) -> str:
        """All that was printed so far."""
        return self.log.read_text(encoding="utf-8")


@asynccontextmanager
async def shell(folder: Path, **settings: str) -> AsyncIterator[Shell]:
    """A bash in this folder, without anybody's settings; nothing that it started outlives it.

    What one command compiles the next one finds, also on a machine whose environment says that nothing is kept.
    """
    log = folder.with_suffix(".log")
    environment = clean_environment(**settings) | {"HOME": str(folder.parent), "LC_ALL": "C.UTF-8"}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            "bash", "--noprofile", "--norc", "-eu", "-o", "pipefail", "-s",
            cwd=folder, env=environment, start_new_session=True,
            stdin=asyncio.subprocess.PIPE, stdout=output, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
    try:
        yield Shell(process, folder, log)
    finally:
        if process.stdin is not None:
            process.stdin.close()
        await _end(process)


async def _end(process: asyncio.subprocess.Process) -> None:
    """End the group in good order, so that engines go with what started them; then whatever is left."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
    await process.wait()
    try:
        await eventually(lambda: not _lives(process.pid), within_s=15)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


def _lives(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True
