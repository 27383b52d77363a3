"""Work of this process beside the turns: begun and not waited for, until the process ends."""

import asyncio
from collections.abc import Coroutine


class Beside:
    """Tasks that keep nobody waiting; each logs its own errors."""

    def __init__(self) -> None:
        self._running: set[asyncio.Task[None]] = set()

    def begin(self, work: Coroutine[None, None, None]) -> None:
        """Begin some work."""
        task = asyncio.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def settled(self) -> None:
        """Wait until all of it has ended."""
        await asyncio.gather(*self._running, return_exceptions=True)

    async def close(self) -> None:
        """Cancel what has not ended."""
        for task in self._running:
            task.cancel()
        await self.settled()
