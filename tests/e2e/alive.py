"""Whether processes answer that they live while something hostile is thrown at them."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Final

from tests.e2e.system import kill

LIVE_S: Final = 0.25
"""How soon each process answers that it lives, on a machine of its own."""

BUSY: Final = 4
"""How many times as long as without anything hostile it may take, where others keep the machine busy."""


class Pulse:
    """Watches whether processes answer that they live."""

    def __init__(self, process: asyncio.subprocess.Process, names: Mapping[str, str]) -> None:
        self._process = process
        self._names = names
        self._usual = 0.0

    async def silences(self) -> dict[str, float]:
        """How long each has taken to answer at most since the last look, in seconds."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(b"\n")
        found: dict[str, float] = json.loads(await self._process.stdout.readline())
        return {self._names[url]: round(silence, 3) for url, silence in found.items()}

    async def is_usual(self) -> None:
        """What was seen since the last look, without anything hostile, is how long it takes on this machine."""
        self._usual = max((await self.silences()).values())

    async def expect_alive(self, beside: str) -> None:
        """All have answered in time since the last look."""
        most = max(LIVE_S, BUSY * self._usual)
        silent = {name: silence for name, silence in (await self.silences()).items() if silence > most}
        assert (beside, most, silent) == (beside, most, {})


@asynccontextmanager
async def a_pulse(places: Mapping[str, str]) -> AsyncIterator[Pulse]:
    """Watch these, each `URL` or `URL@PID`, by their names."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.e2e.pulse", *places.values(),
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        yield Pulse(process, {place.partition("@")[0]: name for name, place in places.items()})
    finally:
        await kill(process)
