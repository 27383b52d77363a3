"""What takes long and mostly waits for other processes, begun with the first test and run beside all the others."""

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

LongRun = Callable[[Path], Coroutine[Any, Any, Any]]


class LongRuns:
    """Runs one after the other, in a thread with event loops of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="long-run")
        self._runs: dict[str, Future[Any]] = {}

    def begin(self, name: str, work: LongRun) -> None:
        """Run it in a folder of its own when its turn comes."""
        folder = self._folder / name
        folder.mkdir()
        self._runs[name] = self._pool.submit(lambda: asyncio.run(work(folder)))

    async def result(self, name: str) -> Any:
        """What it came to; raises what it raised."""
        return await asyncio.wrap_future(self._runs[name])

    def end(self) -> None:
        """Begin nothing more, and wait for what runs."""
        self._pool.shutdown(cancel_futures=True)
