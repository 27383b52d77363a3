"""A rollout as `docs/operations.md` has it: builds of this repository, and the order in which they take over."""

import asyncio
import random
import subprocess
import tarfile
import time
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Final

from tests.chaos.faults.fault import Bound, Fault
from tests.chaos.stage import GATEWAYS, WORKERS, Stage

PARTS: Final = ("router", "templates", "locales")
BETWEEN_S: Final = 4.0
"""For which two builds are there side by side, at least, at each step."""
_READY_S: Final = 120.0
"""A machine that is busy with something else starts a process slowly."""
STEADY_S: Final = 12.0
"""Of load before anything changes, to compare with."""


def unpack(commit: str, folder: Path) -> bool:
    """Write the build of a commit into the folder; False where the history does not reach back to it."""
    command = ["git", "archive", "--format=tar", commit, *PARTS]
    try:
        archived = subprocess.run(command, capture_output=True, check=True)
    except (subprocess.CalledProcessError, FileNotFoundError):
        return False
    with tarfile.open(fileobj=BytesIO(archived.stdout)) as archive:
        archive.extractall(folder, filter="data")
    return True


@dataclass
class Rollout:
    """Replaces every role by this build, under load; notes when it began and ended."""

    steady_s: float = field(default=0)
    began_s: float = field(default=0)
    ended_s: float = field(default=0)

    def fault(self) -> Fault:
        """As something that happens in a run."""
        return Fault("upgrade", Bound.RESTARTED, self._strike)

    async def _strike(self, stage: Stage, dice: random.Random) -> None:
        self.steady_s = time.time()
        await asyncio.sleep(STEADY_S)
        self.began_s, stage.build = time.time(), None
        await _surge(stage)
        for name in (*WORKERS[1:], *GATEWAYS):
            await _replace(stage, name)
        self.ended_s = time.time()


async def _surge(stage: Stage) -> None:
    """A worker of this build joins, and the first of the old ones leaves."""
    await stage.add_worker("worker-3").start()
    await stage.ready("worker-3", within_s=_READY_S)
    await asyncio.sleep(BETWEEN_S)
    await stage.roles[WORKERS[0]].stop()
    await asyncio.sleep(BETWEEN_S)


async def _replace(stage: Stage, name: str) -> None:
    """One process ends in good order, and this build takes its place."""
    await stage.roles[name].stop()
    stage.roles[name].build = None
    await stage.roles[name].start()
    await stage.ready(name, within_s=_READY_S)
    await asyncio.sleep(BETWEEN_S)
