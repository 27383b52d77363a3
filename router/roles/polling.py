"""Work done again and again until cancelled, which an engine that is away only delays; and time that passes."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from router.core.model.instant import SECOND, Span
from router.errors import UnavailableError
from router.observe.incident import Incident

_log = structlog.get_logger("router.polling")


async def poll(seconds: float, work: Callable[[], Awaitable[None]], unavailable: str) -> None:
    """Do the work every so many seconds; `unavailable` is the event logged when an engine does not answer."""
    incident = Incident()
    while True:
        try:
            await work()
        except UnavailableError as error:
            if incident.happens(str(error)):
                _log.warning(unavailable, error=str(error), times=incident.times)
        else:
            incident.ends()
        end_if_cancelled()
        await asyncio.sleep(seconds)


async def pause(span: Span) -> None:
    """Wait for that long."""
    await asyncio.sleep(span / SECOND)


def end_if_cancelled() -> None:
    """End a task whose cancellation was swallowed by what it awaited, as `asyncio.wait_for` of Python 3.11 may do.

    Raises:
        CancelledError: the task was cancelled and went on all the same.
    """
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError
