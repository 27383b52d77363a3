"""SIGTERM and SIGINT: a good end at any time, also while still starting; and a bad one when a job has failed."""

import asyncio
import signal
from collections.abc import Awaitable, Callable
from typing import Final

import structlog

from router.errors import OperationError

_ENDING: Final = (signal.SIGTERM, signal.SIGINT)


class Signals:
    """The wish that the process ends. While it starts, the wish cancels the start; later, whoever waits goes on."""

    def __init__(self) -> None:
        self._wished = asyncio.Event()
        self._starting: asyncio.Task[object] | None = asyncio.current_task()
        self._failed: BaseException | None = None

    async def wait(self) -> None:
        """Wait for the wish.

        Raises:
            OperationError: the process ends because a job of its own has failed.
        """
        self._starting = None
        await self._wished.wait()
        self.raise_failure()

    def raise_failure(self) -> None:
        """Raise OperationError if a job has failed."""
        if self._failed is not None:
            raise OperationError(f"a job failed: {self._failed!r}; it was logged") from self._failed

    def job_ended(self, task: asyncio.Task[None]) -> None:
        """A job that should run as long as the process: if it failed, stop in good order, to be started anew."""
        if not task.cancelled() and (error := task.exception()) is not None:
            structlog.get_logger("router.app").error("job_failed", exc_info=error)
            self._failed = error
            self.wish()

    def wish(self) -> None:
        """The process shall end."""
        self._wished.set()
        if self._starting is not None:
            self._starting.cancel()

    @property
    def wished(self) -> bool:
        """Whether it shall."""
        return self._wished.is_set()


async def run_until_signal(role: Callable[[Signals], Awaitable[None]]) -> None:
    """Run a role; a signal ends it in good order."""
    signals, loop = Signals(), asyncio.get_running_loop()
    for number in _ENDING:
        loop.add_signal_handler(number, signals.wish)
    try:
        await role(signals)
    except asyncio.CancelledError:
        if not signals.wished:
            raise
        signals.raise_failure()
    finally:
        for number in _ENDING:
            loop.remove_signal_handler(number)
