"""Turns on the event loop: what one tenant keeps busy is cut into slices, and others go in between."""

import asyncio
import time
from collections.abc import Generator
from typing import Final, TypeVar
from weakref import WeakKeyDictionary

T = TypeVar("T")

SLICE_S: Final = 0.005
"""Seconds of one tenant's work, at most about, before others get their turn."""

_turns: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Lock] = WeakKeyDictionary()
"""Held by whose slice comes next: of all that is cut into slices, one at a time."""


class Pace:
    """The slice in hand; `rest` stands between two pieces of work."""

    def __init__(self) -> None:
        self._since = time.perf_counter()

    async def rest(self) -> None:
        """Let others go first if the slice is used up, those that rest already before."""
        if time.perf_counter() - self._since >= SLICE_S:
            async with _turns.setdefault(asyncio.get_running_loop(), asyncio.Lock()):
                await asyncio.sleep(0)
            self._since = time.perf_counter()


async def paced(steps: Generator[None, None, T]) -> T:
    """What the steps come to, with turns for others in between."""
    pace = Pace()
    while True:
        try:
            next(steps)
        except StopIteration as end:
            result: T = end.value
            return result
        await pace.rest()
