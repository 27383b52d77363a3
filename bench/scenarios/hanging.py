"""Sixty tenants with a workspace each that does not answer, with something to show in all of their channels."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Final
from uuid import uuid4

from bench.bodies import encoded, labelled
from bench.documents import CHANNELS, VICTIM, document
from bench.processes import until
from bench.scenario import Scenario, Size
from bench.system import System, team_of

HANGING: Final = tuple(f"hangs-{number}" for number in range(60))
_BEGUN_S: Final = 20.0
_OVER_S: Final = 120.0


@asynccontextmanager
async def beside(system: System, _size: Size) -> AsyncIterator[None]:
    """Their posts hang until the worker's time-out of ten seconds, from the first one on."""
    for tenant in HANGING:
        await system.emulator("faults", kind="hang", method="chat.postMessage", team_id=team_of(tenant), times=None)
    run = uuid4().hex[:8]
    alerts = [labelled({"alertname": f"Hangs-{run}-{at}", "channel": f"alerts-{at}"}) for at in range(CHANNELS)]
    for tenant in HANGING:
        await system.append(tenant, encoded(alerts, "Hangs"))
    try:
        await until(partial(_half_hang, system), _BEGUN_S, "half of the workspaces hang")
        yield
    finally:
        await system.heal()
        await until(partial(_all_shown, system), _OVER_S, "what hung is shown")


async def _all_shown(system: System) -> bool:
    return not sum([await system.books(tenant, "pending") for tenant in HANGING])


async def _half_hang(system: System) -> bool:
    calls = (await system.emulator(f"calls?after={system.calls_seen}"))["calls"]
    return sum(one["answered_s"] is None for one in calls) >= len(HANGING) // 2


SCENARIO: Final = Scenario(
    name="hanging",
    title="sixty workspaces that hang",
    documents=(document(VICTIM), *map(document, HANGING)),
    beside={"beside 60 that hang": beside},
)
