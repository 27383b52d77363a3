"""Figures of samples: quantiles, the median of rounds and their spread."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from statistics import median


def quantile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least this share of all does not exceed; infinite where there is none."""
    if not values:
        return math.inf
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


@dataclass(frozen=True, slots=True)
class Sample:
    """One round: seconds from accepted to shown, how many were not shown at all, and CPU as shares of a core."""

    latencies: Sequence[float]
    missing: int = 0
    cpu: dict[str, float] = field(default_factory=dict)
    others_per_s: float = 0.0
    """Bodies and records a second of other tenants that were taken meanwhile."""
    cost_us: float | None = None
    """Microseconds of the worker's CPU an alert, where a scenario counts that."""


@dataclass(frozen=True, slots=True)
class Pooled:
    """All rounds of one condition."""

    rounds: Sequence[Sample]

    @property
    def latencies(self) -> list[float]:
        """Of all rounds."""
        return [one for sample in self.rounds for one in sample.latencies]

    @property
    def missing(self) -> int:
        """How many were never shown."""
        return sum(sample.missing for sample in self.rounds)

    def at(self, share: float) -> float:
        """This quantile of all rounds together; what was never shown counts as infinitely late."""
        return quantile([*self.latencies, *[math.inf] * self.missing], share)

    def spread(self, share: float) -> tuple[float, float]:
        """The least and the greatest of the rounds' own quantiles."""
        each = [Pooled([sample]).at(share) for sample in self.rounds]
        return min(each), max(each)

    def without_costs(self) -> "Pooled":
        """The same as a yardstick of another scenario."""
        return Pooled([replace(sample, cost_us=None) for sample in self.rounds])

    @property
    def cost_us(self) -> float | None:
        """The median of the rounds' costs."""
        costs = [sample.cost_us for sample in self.rounds if sample.cost_us is not None]
        return median(costs) if costs else None

    @property
    def others_per_s(self) -> float:
        """The median of the rounds."""
        return median(sample.others_per_s for sample in self.rounds)

    def cpu(self) -> dict[str, float]:
        """The median of each process' share of a core."""
        names = dict.fromkeys(name for sample in self.rounds for name in sample.cpu)
        return {name: median(sample.cpu.get(name, 0.0) for sample in self.rounds) for name in names}
