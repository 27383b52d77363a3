"""A tenant that sends a hundred times as much as the quiet one, into a workspace of its own."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Final
from uuid import uuid4

from bench.bodies import body
from bench.documents import CHANNELS, LOUD, VICTIM, document
from bench.scenario import Scenario, Size
from bench.system import System
from bench.victim import RATE

TIMES: Final = 100


@asynccontextmanager
async def beside(system: System, size: Size) -> AsyncIterator[None]:
    """New alert groups of the loud tenant, over HTTP, at a steady rate."""
    run = uuid4().hex[:8]

    async def send(number: int) -> None:
        name = f"Loud-{run}-{number}"
        await system.post(LOUD, body({"channel": f"alerts-{number % CHANNELS}"}, name=name))

    async with steadily(TIMES * RATE * size.heavy, send):
        yield


@asynccontextmanager
async def steadily(rate: float, send: Callable[[int], Awaitable[None]]) -> AsyncIterator[None]:
    """Send so many a second in the background, whatever becomes of those before."""
    running = asyncio.create_task(_send_all(rate, send))
    try:
        yield
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def _send_all(rate: float, send: Callable[[int], Awaitable[None]]) -> None:
    loop = asyncio.get_running_loop()
    began, number = loop.time(), 0
    async with asyncio.TaskGroup() as tasks:
        while True:
            tasks.create_task(_send_one(send, number))
            number += 1
            await asyncio.sleep(max(0.0, began + number / rate - loop.time()))


async def _send_one(send: Callable[[int], Awaitable[None]], number: int) -> None:
    try:
        await send(number)
    except OSError:  # the gateway may refuse connections; the rate goes on
        return


SCENARIO: Final = Scenario(
    name="loud",
    title="a tenant at a hundred times the rate",
    documents=(document(VICTIM), document(LOUD)),
    beside={"beside 100 x": beside},
)
