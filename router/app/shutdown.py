"""Graceful shutdown on SIGTERM or SIGINT, even during start-up; an error exit when a background task has failed."""

import asyncio
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Final

import structlog

from router.errors import OperationError

_SIGNALS: Final = (signal.SIGTERM, signal.SIGINT)
_log = structlog.get_logger("router.app")


class Shutdown:
    """A request to shut down: it cancels a start in progress, and later wakes whoever waits for it."""

    def __init__(self) -> None:
        self._requested = asyncio.Event()
        self._starting: asyncio.Task[object] | None = asyncio.current_task()

    async def wait(self) -> None:
        """Wait until shutdown is requested; the start is over."""
        self._starting = None
        await self._requested.wait()

    def request(self) -> None:
        """Request shutdown."""
        self._requested.set()
        if self._starting is not None:
            self._starting.cancel()

    @property
    def requested(self) -> bool:
        """Whether shutdown was requested."""
        return self._requested.is_set()


async def run_until_shutdown(role: Callable[[Shutdown], Awaitable[None]]) -> None:
    """Run a role until a signal comes."""
    shutdown, loop = Shutdown(), asyncio.get_running_loop()
    for number in _SIGNALS:
        loop.add_signal_handler(number, shutdown.request)
    try:
        await role(shutdown)
    except asyncio.CancelledError:
        if not shutdown.requested:
            raise
    finally:
        for number in _SIGNALS:
            loop.remove_signal_handler(number)


@asynccontextmanager
async def supervised(
    *jobs: Coroutine[None, None, None], stop: Callable[[], None] | None = None
) -> AsyncIterator[None]:
    """Run jobs beside the block; after it they are cancelled, or asked to `stop` and awaited.

    Raises:
        OperationError: a job failed; the block was cancelled, so that the process ends and is started again.
    """
    failures: list[Exception] = []
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(_noting(job, failures)) for job in jobs]
            try:
                yield
            finally:
                for task in tasks if stop is None else ():
                    task.cancel()
                if stop is not None:
                    stop()
    except BaseExceptionGroup as raised:
        if failures:
            raise OperationError(f"a background task failed: {failures[0]!r}; it was logged") from failures[0]
        raise raised.exceptions[0] from None


async def _noting(job: Coroutine[None, None, None], failures: list[Exception]) -> None:
    try:
        await job
    except Exception as error:
        _log.exception("background_task_failed")
        failures.append(error)
        raise
