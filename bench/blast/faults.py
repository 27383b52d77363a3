"""What happens in the other pool while the victim is measured."""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from itertools import count
from typing import Final
from uuid import uuid4

from alert_router_local.process import die_with_parent

from bench.blast.places import FULL, Places
from bench.bodies import body
from bench.documents import LOUD
from bench.processes import environment, role
from bench.steadily import steadily

QUIET: Final = "quiet"
FLOOD_PER_S: Final = 300.0
REFUSED_PER_S: Final = 50.0
_LIVES_S: Final = 2.0

Fault = Callable[[Places], AbstractAsyncContextManager[None]]


def nothing(_places: Places) -> AbstractAsyncContextManager[None]:
    """The yardstick."""
    return nullcontext()


@asynccontextmanager
async def crashing(places: Places) -> AsyncIterator[None]:
    """A worker that is killed two seconds after each start, so that its group forms anew again and again."""
    looping = asyncio.create_task(_crash(places))
    try:
        yield
    finally:
        looping.cancel()
        await asyncio.gather(looping, return_exceptions=True)


async def _crash(places: Places) -> None:
    for number in count():
        async with role(places.folder / f"crashing-{number}.log", places.spoilt, "worker") as process:
            await asyncio.sleep(_LIVES_S)
            process.kill()
            await process.wait()


@asynccontextmanager
async def hogging(_places: Places) -> AsyncIterator[None]:
    """A process that computes and never stops, as a worker does that a template or a pattern keeps busy."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", "while True: pass", env=environment({}), preexec_fn=die_with_parent
    )
    try:
        yield
    finally:
        process.kill()
        await process.wait()


def full(places: Places) -> AbstractAsyncContextManager[None]:
    """A tenant that has all that it may store sends more: each alert becomes a dead letter."""
    return _appending(places, FULL, REFUSED_PER_S)


def flooded(places: Places) -> AbstractAsyncContextManager[None]:
    """New alert groups of one tenant, straight into the other pool's topic."""
    return _appending(places, LOUD, FLOOD_PER_S)


def _appending(places: Places, tenant: str, per_s: float) -> AbstractAsyncContextManager[None]:
    run = uuid4().hex[:8]

    async def append(number: int) -> None:
        name = f"Loud-{run}-{number}"
        await places.system.enqueue(tenant, body({"channel": f"alerts-{number % 8}"}, name=name))

    return steadily(per_s, append)


FAULTS: Final[Mapping[str, Fault]] = {
    "a crash loop": crashing,
    "a CPU hog": hogging,
    "a full store": full,
    "a flood": flooded,
}
