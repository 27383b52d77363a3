"""What Prometheus answered, as the lines of a panel: named, and with gaps where there was nothing."""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from tools.pictures.dashboards.board import Target

_LABEL: Final = re.compile(r"{{\s*(\w+)\s*}}")

Answer = Sequence[Mapping[str, Any]]
"""The `result` of `query_range`."""
Point = tuple[float, float]
"""A time, in seconds since 1970, and a value."""


@dataclass(frozen=True, slots=True)
class Span:
    """The time that is shown, in seconds since 1970, and how far apart the values are."""

    start: float
    end: float
    step: float


@dataclass(frozen=True, slots=True)
class Series:
    """One line, in pieces between which there is no value; never without a point."""

    name: str
    pieces: Sequence[Sequence[Point]]

    @property
    def values(self) -> list[float]:
        """All of them, the oldest first."""
        return [value for piece in self.pieces for _, value in piece]


def read_series(target: Target, answer: Answer, step: float) -> list[Series]:
    """The series of an answer that have a value, by name."""
    found = [Series(name_of(target.legend, one["metric"]), pieces(one["values"], step)) for one in answer]
    return sorted((one for one in found if one.pieces), key=lambda one: one.name)


def name_of(legend: str, labels: Mapping[str, str]) -> str:
    """What the legend calls a series; a label that it has not is left out, as Grafana does."""
    return _LABEL.sub(lambda match: labels.get(match[1], ""), legend).strip() or "value"


def pieces(values: Iterable[tuple[float, str]], step: float) -> list[list[Point]]:
    """The points, parted where one or more are missing; NaN and infinity are missing too."""
    found: list[list[Point]] = []
    for at, text in values:
        if not math.isfinite(value := float(text)):
            continue
        if not found or at - found[-1][-1][0] > 1.5 * step:
            found.append([])
        found[-1].append((at, value))
    return found
