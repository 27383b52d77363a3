"""What this process does that somebody waits for: what nobody waits for gives way to it.

How late a timer wakes shows what is not counted here: reading, rendering, and whoever else needs the cores.
"""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final

CALM_S: Final = 0.01
"""So long nothing has to be in hand: an alert that was stored has its turn at once."""
LATE_S: Final = 0.005
"""Whoever is woken later than this after that finds the process, or its machine, at work for others."""
_RARELY: Final = 16
"""Up to so many times as long it is not looked again."""


class AtWork:
    """Counts what is in hand, and lets one after another go on while there is nothing."""

    def __init__(self, calm_s: float = CALM_S, late_s: float = LATE_S) -> None:
        self._calm_s = calm_s
        self._late_s = late_s
        self._count = 0
        self._quiet = asyncio.Event()
        self._quiet.set()
        self._next = asyncio.Lock()

    @contextmanager
    def over(self) -> Iterator[None]:
        """While this lasts, something is in hand."""
        self._count += 1
        self._quiet.clear()
        try:
            yield
        finally:
            self._count -= 1
            if not self._count:
                self._quiet.set()

    async def quiet(self, within_s: float) -> None:
        """Wait until nothing is in hand, and those who came before have gone on; not longer than so many seconds."""
        with suppress(TimeoutError):
            async with asyncio.timeout(within_s), self._next:
                await self._calm()

    async def _calm(self) -> None:
        pause = self._calm_s
        while not await self._is_calm():
            await asyncio.sleep(pause)
            pause = min(2 * pause, _RARELY * self._calm_s)

    async def _is_calm(self) -> bool:
        await self._quiet.wait()
        began = time.monotonic()
        await asyncio.sleep(self._calm_s)
        return not self._count and time.monotonic() - began <= self._calm_s + self._late_s
