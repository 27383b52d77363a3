"""Values that were recorded, at any time: what Prometheus answered once, as far as it was known then."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from router.core.context.chart import Line
from router.core.match.labels import Labels
from router.core.model.instant import MINUTE, Instant, Span

LOOK_BACK: Final = Span(5 * MINUTE)
"""How old a value may be, as for Prometheus; where they were recorded further apart, so far."""


@dataclass(frozen=True, slots=True)
class RecordedLine:
    """One series: its labels, and its values with their times, oldest first."""

    labels: Labels
    samples: tuple[tuple[Instant, float], ...]

    def at(self, times: Sequence[Instant]) -> Line:
        """For each of the times the newest value by then."""
        apart = (later - at for (at, _), (later, _) in pairwise(self.samples))
        oldest = max(LOOK_BACK, min(apart, default=0))
        return Line(self.labels, tuple(self._value(time, oldest) for time in times))

    def _value(self, time: Instant, oldest: int) -> float | None:
        known = [value for at, value in self.samples if time - oldest < at <= time]
        return known[-1] if known else None


Recorded = Mapping[str, Sequence[Sequence[RecordedLine]]]
"""By the name of the alert, for each query of its chart the series of the answer."""
