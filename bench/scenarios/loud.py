"""A tenant that sends a hundred times as much as the quiet one, into a workspace of its own."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final
from uuid import uuid4

from bench.bodies import body
from bench.documents import CHANNELS, LOUD, VICTIM, document
from bench.scenario import Scenario, Size
from bench.steadily import steadily
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


SCENARIO: Final = Scenario(
    name="loud",
    title="a tenant at a hundred times the rate",
    documents=(document(VICTIM), document(LOUD)),
    beside={"beside 100 x": beside},
)
