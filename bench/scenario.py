"""A scenario: conditions under which the same is measured in alternating rounds, and what is expected of them."""

import math
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass, field, replace
from typing import Final

from bench.documents import Document
from bench.figures import Pooled, Sample
from bench.system import System
from bench.victim import measure

ALONE: Final = "alone"


@dataclass(frozen=True, slots=True)
class Size:
    """How much is measured, and how far a condition may be from its yardstick.

    The victim is measured for `seconds` in each of `rounds`. At the quantile `share` a condition may take `ratio`
    times as long as the yardstick, or `floor_s` where that is more. `heavy` scales what the others do, at most 1.
    An alert may cost `cost_ratio` times what it costs in the yardstick, where a scenario counts that.
    """

    name: str
    rounds: int
    seconds: float
    share: float
    ratio: float
    floor_s: float
    heavy: float
    cost_ratio: float


FULL: Final = Size("full", rounds=9, seconds=38, share=0.99, ratio=2, floor_s=0.25, heavy=1, cost_ratio=1.5)
SMOKE: Final = Size("smoke", rounds=1, seconds=5, share=0.9, ratio=10, floor_s=2, heavy=0.2, cost_ratio=5)

Beside = Callable[[System, Size], AbstractAsyncContextManager[None]]
"""What goes on while the victim is measured."""
Cost = Callable[[System, Size], Awaitable[float]]
"""What an alert costs, in microseconds of the worker's CPU."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether one expectation holds; `text` has the figures."""

    holds: bool
    text: str


@dataclass(frozen=True, slots=True)
class Scenario:
    """What others do to a quiet tenant; the yardstick is the same tenant alone, in the same run."""

    name: str
    title: str
    documents: Sequence[Document]
    beside: Mapping[str, Beside]
    costs: Mapping[str, Cost] = field(default_factory=dict)
    """What is counted besides, by condition."""

    @property
    def conditions(self) -> Mapping[str, Beside]:
        """All conditions, the yardstick first."""
        return {ALONE: nobody, **self.beside}

    async def round(self, system: System, condition: str, size: Size) -> Sample:
        """Measure a condition once."""
        async with self.conditions[condition](system, size):
            sample = await measure(system, size.seconds)
        if condition in self.costs:
            return replace(sample, cost_us=await self.costs[condition](system, size))
        return sample

    def verdicts(self, found: Mapping[str, Pooled], size: Size) -> list[Verdict]:
        """What holds of the figures of all conditions."""
        beside = {name: pooled for name, pooled in found.items() if name != ALONE}
        in_time = [_in_time(name, pooled, found[ALONE], size) for name, pooled in beside.items()]
        costs = [_cost(name, pooled, found[ALONE], size) for name, pooled in beside.items() if name in self.costs]
        return in_time + costs


def _in_time(name: str, pooled: Pooled, alone: Pooled, size: Size) -> Verdict:
    took, yardstick = pooled.at(size.share), alone.at(size.share)
    limit = max(size.ratio * yardstick, size.floor_s)
    count = len(pooled.latencies) + pooled.missing
    return Verdict(
        took <= limit and not pooled.missing,
        f"{name}: p{size.share * 100:.0f} {took * 1000:.0f} ms, at most {limit * 1000:.0f} "
        f"(alone {yardstick * 1000:.0f}); {pooled.missing} of {count} not shown",
    )


def _cost(name: str, pooled: Pooled, alone: Pooled, size: Size) -> Verdict:
    cost, yardstick = pooled.cost_us or math.inf, alone.cost_us or math.inf
    return Verdict(
        cost <= size.cost_ratio * yardstick,
        f"{name}: {cost:.0f} us an alert, at most {size.cost_ratio:g} times {yardstick:.0f}",
    )


def nobody(_system: System, _size: Size) -> AbstractAsyncContextManager[None]:
    """Nothing goes on besides."""
    return nullcontext()
