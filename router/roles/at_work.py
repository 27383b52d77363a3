"""What this process does that somebody waits for: what nobody waits for gives way to it."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final

CALM_S: Final = 0.01
"""So long nothing has to be in hand: an alert that was stored has its turn at once."""


class AtWork:
    """Counts what is in hand, and lets one after another go on while there is nothing."""

    def __init__(self, calm_s: float = CALM_S) -> None:
        self._calm_s = calm_s
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
        await self._quiet.wait()
        await asyncio.sleep(self._calm_s)
        while self._count:
            await self._quiet.wait()
            await asyncio.sleep(self._calm_s)
