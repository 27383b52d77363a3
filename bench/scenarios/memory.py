"""A tenant that sends large and many alerts while Redis has little memory left."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Final
from uuid import uuid4

from bench.bodies import body
from bench.documents import CHANNELS, LOUD, VICTIM, document
from bench.scenario import Scenario, Size
from bench.steadily import steadily
from bench.system import System
from bench.victim import measure

LEFT: Final = 32 * 1024 * 1024
"""What Redis may take more than it has when the tenant begins, in bytes, at full size."""
LARGE: Final = 1024 * 1024
"""The size of the annotation of a large alert, in bytes."""
LARGE_PER_S: Final = 3
MANY_PER_S: Final = 50
_PROBE_S: Final = 1.0


@asynccontextmanager
async def beside(system: System, size: Size) -> AsyncIterator[None]:
    """Both at a steady rate, over HTTP; the memory is given back in the end."""
    run, large = uuid4().hex[:8], "x" * LARGE
    used = int((await system.redis.info("memory"))["used_memory"])
    await system.redis.config_set("maxmemory", used + round(LEFT * size.heavy))

    async def send_large(number: int) -> None:
        await system.post(LOUD, body({"instance": f"node-{number}"}, name=f"Large-{run}", summary=large))

    async def send_many(number: int) -> None:
        labels = {"channel": f"alerts-{number % CHANNELS}"}
        await system.post(LOUD, body(labels, name=f"Many-{run}-{number}"))

    try:
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(steadily(LARGE_PER_S, send_large))
            await stack.enter_async_context(steadily(MANY_PER_S, send_many))
            yield
    finally:
        await system.redis.config_set("maxmemory", 0)
        await measure(system, _PROBE_S)  # what waited is behind it


SCENARIO: Final = Scenario(
    name="memory",
    title="large and many alerts while Redis has little memory left",
    documents=(document(VICTIM), document(LOUD)),
    beside={"beside a full Redis": beside},
)
