"""A tenant with 5,000 routes side by side, and one with 50: what an alert costs, and what others notice."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Final
from uuid import uuid4

from bench.bodies import body
from bench.documents import VICTIM, document, siblings
from bench.processes import until
from bench.scenario import ALONE, Scenario, Size
from bench.steadily import steadily
from bench.system import System

FEW: Final = "few-siblings"
MANY: Final = "many-siblings"
BODIES_PER_S: Final = 20
ALERTS: Final = 5
"""In each body; all are duplicates but the first, so that routing is what differs."""
_BODIES: Final = 1000
_DRAINED_S: Final = 300.0


@asynccontextmanager
async def beside(system: System, _size: Size) -> AsyncIterator[None]:
    """Alerts of the tenant with many, at a steady rate."""
    content, before, sent = _body(), await system.books(MANY, "accepted"), list[int]()

    async def send(number: int) -> None:
        await system.append(MANY, content)
        sent.append(number)

    async with steadily(BODIES_PER_S, send):
        yield
    await _folded(system, MANY, before + len(sent) * ALERTS)


async def cost(tenant: str, system: System, size: Size) -> float:
    """Microseconds of the worker's CPU an alert, over a backlog that it folds in one go."""
    content, bodies = _body(), round(_BODIES * size.heavy)
    before = await system.books(tenant, "accepted")
    await system.append(tenant, content)
    await _folded(system, tenant, before + ALERTS)
    cpu_s = system.usage()["worker"].cpu_s
    for _ in range(bodies):
        await system.enqueue(tenant, content)
    await _folded(system, tenant, before + (1 + bodies) * ALERTS)
    return (system.usage()["worker"].cpu_s - cpu_s) / (bodies * ALERTS) * 1e6


async def _folded(system: System, tenant: str, count: int) -> None:
    async def so_many() -> bool:
        return await system.books(tenant, "accepted") >= count

    await until(so_many, _DRAINED_S, f"{count} alerts of {tenant} are folded")


def _body() -> bytes:
    name = f"Sibling-{uuid4().hex[:8]}"
    return body(*({"instance": f"node-{number}"} for number in range(ALERTS)), name=name)


SCENARIO: Final = Scenario(
    name="siblings",
    title="5,000 routes side by side, against 50",
    documents=(document(VICTIM), siblings(FEW, 50), siblings(MANY, 5000)),
    beside={"beside 5,000 siblings": beside},
    costs={ALONE: partial(cost, FEW), "beside 5,000 siblings": partial(cost, MANY)},
)
