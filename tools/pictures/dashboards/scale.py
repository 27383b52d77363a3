"""Round values for the axes of a plot."""

import math
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Final

from router.monitoring.panel import Unit
from tools.pictures.dashboards.series import Span

_TENS: Final = (1.0, 2.0, 2.5, 5.0, 10.0)
_CLOCK: Final = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200, 86_400)
_MINUTE: Final = 60
_ROOM: Final = 1.05
_MOST: Final = 5
"""Steps of an axis of values."""


def value_ticks(most: float, unit: Unit) -> list[float]:
    """From zero in even steps past `most`, which does not touch the top; to 1 where that is zero or less."""
    most = most * _ROOM if most > 0 else 1.0
    step = _step(most / _MOST, unit)
    return [step * number for number in range(math.ceil(most / step - 1e-9) + 1)]


def _step(wanted: float, unit: Unit) -> float:
    if unit is Unit.SECONDS and wanted >= 1:
        return float(next((one for one in _CLOCK if one >= wanted), _CLOCK[-1] * math.ceil(wanted / _CLOCK[-1])))
    power = 10.0 ** math.floor(math.log10(wanted))
    return next(one * power for one in _TENS if one * power >= wanted * (1 - 1e-9))


def time_ticks(span: Span, most: int) -> list[float]:
    """Full times within the span in even steps, `most` of them at most, in seconds since 1970."""
    step = next((one for one in _CLOCK if (span.end - span.start) / one < most), _CLOCK[-1])
    return list(_full(span, step))


def _full(span: Span, step: int) -> Iterator[float]:
    at = math.ceil(span.start / step) * step
    while at <= span.end:
        yield float(at)
        at += step


def clock(at: float, ticks: Sequence[float]) -> str:
    """The time of day in UTC, with seconds where the ticks are no full minutes."""
    seconds = any(one % _MINUTE for one in ticks)
    return datetime.fromtimestamp(at, UTC).strftime("%H:%M:%S" if seconds else "%H:%M")
