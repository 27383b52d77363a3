"""Work done again and again until cancelled; an engine that is away only delays it."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from router.errors import UnavailableError

_log = structlog.get_logger("router.polling")


async def poll(seconds: float, work: Callable[[], Awaitable[None]], unavailable: str) -> None:
    """Do the work every so many seconds; `unavailable` is the event logged when an engine does not answer."""
    while True:
        try:
            await work()
        except UnavailableError as error:
            _log.warning(unavailable, error=str(error))
        await asyncio.sleep(seconds)
