"""Two workers instead of one, on the load of `unique`; a system for each, so that no round waits for a rebalance."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import partial
from typing import Final

from bench.comparison import Amount, Comparison, Goal, Measure, Side
from bench.speed.unique import GROUPS, ours
from bench.stage import Stage, staged

ONE: Final = "one worker"
TWO: Final = "two workers"


@asynccontextmanager
async def contenders(stage: Stage, amount: Amount) -> AsyncIterator[Mapping[str, Measure]]:
    """Both; the workers of the other system are idle meanwhile."""
    count = amount.of(GROUPS, least=300)
    async with staged(stage.folder / "two", workers=2) as two:
        yield {ONE: partial(ours, stage, count), TWO: partial(ours, two, count)}


SCENARIO: Final = Comparison(
    name="workers",
    title="two workers instead of one, new groups of one alert",
    contenders=contenders,
    goals=(Goal("per s", ONE, Side.AT_LEAST, 1.6, 0.5, of=TWO),),
    steady="cpu us",
    in_smoke=False,
)
