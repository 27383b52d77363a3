"""What traces cost: a system that records a tenth of them, and one that records all, against one without."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from typing import Final

from alert_router_local.process import HOST

from bench.comparison import Amount, Comparison, Goal, Measure, Side
from bench.load import TENANTS, unlimited
from bench.speed.latency import FLOOR_MS, ours
from bench.stage import LIMITS_OFF, Stage, child
from bench.system import Setup, running

OFF: Final = "off"
AGAIN: Final = "off again"
"""The same system once more: by how much two measurements of one thing differ here."""
_RATIOS: Final = {"10 %": "0.1", "all": "1"}
_RATE: Final = 40.0
_SECONDS: Final = 20.0


@asynccontextmanager
async def contenders(stage: Stage, amount: Amount) -> AsyncIterator[Mapping[str, Measure]]:
    """A system each; the yardstick is the one that names no collector."""
    load = amount.of(_SECONDS * _RATE, least=100), _RATE
    async with AsyncExitStack() as stack:
        log = stage.folder / "collector.log"
        _, line = await stack.enter_async_context(child(log, "bench.bare.collector"))
        endpoint = f"http://{HOST}:{line['port']}/v1/traces"
        measures = {OFF: partial(ours, stage, load), AGAIN: partial(ours, stage, load)}
        for name, ratio in _RATIOS.items():
            traced = LIMITS_OFF | {"TRACING__ENDPOINT": endpoint, "TRACING__SAMPLE_RATIO": ratio}
            setup = Setup(traced, stage.stub, 1, TENANTS)
            folder = stage.folder / f"tracing-{ratio}"
            system = await stack.enter_async_context(running(folder, map(unlimited, TENANTS), setup))
            measures[name] = partial(ours, Stage(system, stage.stub, folder), load)
        yield measures


SCENARIO: Final = Comparison(
    name="tracing",
    title="CPU of gateway and worker for a new group, and its latency, without traces and with them",
    contenders=contenders,
    goals=(
        Goal("cpu us", OFF, Side.AT_MOST, 1.1, 2, of="10 %"),
        Goal("p50 ms", OFF, Side.AT_MOST, 1.1, 2, of="10 %", floor=FLOOR_MS),
        Goal("cpu us", OFF, Side.AT_MOST, 1.5, 4, of="all"),
        Goal("cpu us", OFF, Side.AT_MOST, 1.1, 2, of=AGAIN),
        Goal("p50 ms", OFF, Side.AT_MOST, 1.1, 2, of=AGAIN, floor=FLOOR_MS),
    ),
    steady="cpu us",
    in_smoke=False,
)
