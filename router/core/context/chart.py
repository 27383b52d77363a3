"""How the value behind an alert moved, as numbers: what is drawn of it is the renderer's."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from router.core.match.labels import Labels
from router.core.model.instant import Instant

MAX_POINTS: Final = 20
"""Points on the axis of a chart: as many categories as Slack takes."""

MAX_LINES: Final = 5
"""Series of one chart besides its threshold: Slack takes six in all."""


class Unit(StrEnum):
    """What the values of a chart are counted in."""

    NUMBER = "number"
    BYTES = "bytes"
    SECONDS = "seconds"
    PERCENT = "percent"
    """Of a hundred."""
    RATIO = "ratio"
    """Of one: shown as a percentage."""


class Side(StrEnum):
    """On which side of its threshold a value fires."""

    ABOVE = "above"
    BELOW = "below"


@dataclass(frozen=True, slots=True)
class Threshold:
    """The constant that an expression compares with."""

    value: float
    fires: Side


@dataclass(frozen=True, slots=True)
class Line:
    """One series: its labels as Prometheus has them, and a value for each time of its chart, None for none."""

    labels: Labels
    values: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """Up to `MAX_LINES` series, the worst first, over up to `MAX_POINTS` common times, oldest first."""

    times: tuple[Instant, ...]
    lines: tuple[Line, ...]
    threshold: Threshold | None = None
    unit: Unit = Unit.NUMBER
