"""The comparisons by name, and running some of them."""

from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Final

from bench.alertmanager import installed
from bench.comparison import SMOKE, Amount, Compared, Comparison, compare
from bench.speed import charts, duplicates, gateway, held, latency, many, sealing, tracing, unique, workers
from bench.stage import staged

COMPARISONS: Final = {
    one.name: one
    for one in (
        *duplicates.SCENARIOS,
        unique.SCENARIO,
        *latency.SCENARIOS,
        *charts.SCENARIOS,
        tracing.SCENARIO,
        *sealing.SCENARIOS,
        gateway.SCENARIO,
        held.SCENARIO,
        workers.SCENARIO,
        *many.SCENARIOS,
    )
}


async def run(chosen: Sequence[Comparison], amount: Amount, folder: Path) -> AsyncIterator[Compared]:
    """Each in a system of its own; the small ones share one. Without Alertmanager small ones do without it."""
    small = amount == SMOKE
    some = [one for one in chosen if one.in_smoke and installed()] if small else list(chosen)
    for together in [some] if small and some else [[one] for one in some]:
        async with staged(folder / together[0].name) as stage:
            for one in together:
                yield await compare(one, stage, amount)
