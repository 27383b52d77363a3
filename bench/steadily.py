"""Sending at a steady rate in the background, whatever becomes of what was sent before."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Final

import aiohttp

Send = Callable[[int], Awaitable[object]]
"""Sends the one with this number."""
AT_ONCE: Final = 64
"""So many are on their way at once, as from senders with that many connections: beyond, the rate gives way."""


@asynccontextmanager
async def steadily(rate: float, send: Send) -> AsyncIterator[None]:
    """Send so many a second until the block ends; a gateway that refuses connections does not change the rate."""
    running = asyncio.create_task(_send_all(rate, send))
    try:
        yield
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def _send_all(rate: float, send: Send) -> None:
    loop, places = asyncio.get_running_loop(), asyncio.Semaphore(AT_ONCE)
    began, number = loop.time(), 0
    async with asyncio.TaskGroup() as tasks:
        while True:
            await places.acquire()
            tasks.create_task(_send_one(send, number, places))
            number += 1
            await asyncio.sleep(max(0.0, began + number / rate - loop.time()))


async def _send_one(send: Send, number: int, places: asyncio.Semaphore) -> None:
    try:
        await send(number)
    except (aiohttp.ClientError, TimeoutError):
        return
    finally:
        places.release()
