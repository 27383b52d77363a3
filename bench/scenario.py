"""A scenario: conditions under which the same is measured in alternating rounds, and what is expected of them."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass
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
    """

    name: str
    rounds: int
    seconds: float
    share: float
    ratio: float
    floor_s: float
    heavy: float


FULL: Final = Size("full", rounds=3, seconds=112, share=0.99, ratio=2, floor_s=0.25, heavy=1)
SMOKE: Final = Size("smoke", rounds=1, seconds=6, share=0.9, ratio=10, floor_s=2, heavy=0.2)

Beside = Callable[[System, Size], AbstractAsyncContextManager[None]]
"""What goes on while the victim is measured."""


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
    own_system: bool = False
    """Whether it may leave the system sick, so that nothing else can be measured on it."""

    @property
    def conditions(self) -> Mapping[str, Beside]:
        """All conditions, the yardstick first."""
        return {ALONE: nobody, **self.beside}

    async def round(self, system: System, condition: str, size: Size) -> Sample:
        """Measure a condition once."""
        async with self.conditions[condition](system, size):
            return await measure(system, size.seconds)

    def verdicts(self, found: Mapping[str, Pooled], size: Size) -> list[Verdict]:
        """What holds of the figures of all conditions."""
        alone = found[ALONE].at(size.share)
        limit = max(size.ratio * alone, size.floor_s)
        return [
            Verdict(
                pooled.at(size.share) <= limit and not pooled.missing,
                f"{condition}: p{size.share * 100:.0f} {pooled.at(size.share) * 1000:.0f} ms, at most "
                f"{limit * 1000:.0f} (alone {alone * 1000:.0f}); {pooled.missing} of "
                f"{len(pooled.latencies) + pooled.missing} not shown",
            )
            for condition, pooled in found.items()
            if condition != ALONE
        ]


def nobody(_system: System, _size: Size) -> AbstractAsyncContextManager[None]:
    """Nothing goes on besides."""
    return nullcontext()
