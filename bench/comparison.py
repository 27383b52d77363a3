"""A comparison: the system and its yardsticks in alternating rounds, and the goals of their ratios."""

import math
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from enum import StrEnum
from statistics import median
from typing import Final

from bench.stage import Stage

OURS: Final = "ours"
BARE: Final = "bare"
ALERTMANAGER: Final = "alertmanager"
_APART: Final = 2.0

Figures = Mapping[str, float]
Measure = Callable[[], Awaitable[Figures]]
Round = Mapping[str, Figures]
"""The figures of each contender; of the yardstick the mean of those just before and just after the others."""


class Side(StrEnum):
    """On which side of a bound the ratio has to be."""

    AT_LEAST = "at least"
    AT_MOST = "at most"


@dataclass(frozen=True, slots=True)
class Goal:
    """A figure of the system's as a ratio to the same figure of a yardstick.

    `bound` is what is aimed at. `guard` is what holds at present, with room for a noisy machine: beyond it the bench
    fails. Without a guard a missed goal is reported and nothing more.
    """

    figure: str
    against: str
    side: Side
    bound: float
    guard: float
    of: str = OURS
    floor: float = 0.0
    """A median of the system's that is at most this passes no guard whatever the yardstick does."""

    def ratio(self, one: Round) -> float:
        """The ratio in a round; infinite or none where there is nothing to divide by."""
        return (
            one[self.of][self.figure] / one[self.against][self.figure] if one[self.against][self.figure] else math.nan
        )

    def holds(self, ratio: float, bound: float) -> bool:
        """Whether a ratio is on the right side."""
        return ratio >= bound if self.side is Side.AT_LEAST else ratio <= bound


@dataclass(frozen=True, slots=True)
class Amount:
    """How many rounds, how often one may be repeated, and how large they are: 1 is full size."""

    rounds: int
    repeats: int
    scale: float

    def of(self, full: float, least: int = 1) -> int:
        """So many at this size."""
        return max(least, round(full * self.scale))


FULL: Final = Amount(rounds=5, repeats=5, scale=1)
SMOKE: Final = Amount(rounds=1, repeats=1, scale=0.06)

Contenders = Callable[[Stage, Amount], AbstractAsyncContextManager[Mapping[str, Measure]]]
"""Who is measured, by name, the yardstick that is measured on both sides of the others first."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """One scenario."""

    name: str
    title: str
    contenders: Contenders
    goals: Sequence[Goal]
    steady: str
    """The figure of the yardstick that must not differ by more than a factor of two around a round."""
    in_smoke: bool = True


@dataclass(frozen=True, slots=True)
class Compared:
    """What was found."""

    comparison: Comparison
    rounds: Sequence[Round]
    repeated: int
    """How many rounds were thrown away."""

    def ratios(self, goal: Goal) -> list[float]:
        """Of each round."""
        return [goal.ratio(one) for one in self.rounds if goal.against in one]

    def figures(self, contender: str) -> dict[str, list[float]]:
        """Of each round, by name."""
        names = self.rounds[0][contender]
        return {name: [one[contender][name] for one in self.rounds] for name in names}

    @property
    def holds(self) -> bool:
        """Whether no guard is passed."""
        return all(self.guarded(goal) for goal in self.comparison.goals if self.ratios(goal))

    def guarded(self, goal: Goal) -> bool:
        """Whether the guard of a goal is not passed."""
        within = goal.holds(median(self.ratios(goal)), goal.guard)
        return within or median(one[goal.of][goal.figure] for one in self.rounds) <= goal.floor


async def compare(comparison: Comparison, stage: Stage, amount: Amount) -> Compared:
    """Measure in alternating rounds; a round between two yardsticks that differ too much is repeated."""
    kept: list[Round] = []
    lost: list[Round] = []
    async with comparison.contenders(stage, amount) as contenders:
        (yardstick, measure), *others = contenders.items()
        before = await measure()
        while len(kept) < amount.rounds and len(lost) <= amount.repeats:
            found = {name: await each() for name, each in others}
            after = await measure()
            one = {yardstick: _between(before, after), **found}
            (kept if _steady(before, after, comparison.steady) else lost).append(one)
            before = after
    return Compared(comparison, kept or lost[-1:], len(lost))


def _steady(before: Figures, after: Figures, figure: str) -> bool:
    low, high = sorted((before[figure], after[figure]))
    return high <= _APART * low


def _between(before: Figures, after: Figures) -> Figures:
    return {name: (before[name] + after[name]) / 2 for name in before}
