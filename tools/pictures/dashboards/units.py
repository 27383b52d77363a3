"""Numbers as Grafana writes them, by its names of units."""

import math
from collections.abc import Sequence
from typing import Final

from router.monitoring.panel import Unit

_DIGITS: Final = 3
_THOUSANDS: Final = ((1e9, " Bil"), (1e6, " Mil"), (1e3, " K"))
_TIMES: Final = ((86_400.0, " days"), (3_600.0, " h"), (60.0, " min"), (1.0, " s"), (1e-3, " ms"), (1e-6, " µs"))


def written(value: float, unit: Unit) -> str:
    """The number with its unit, to three digits."""
    match unit:
        case Unit.SHARE:
            return f"{digits(value * 100)}%"
        case Unit.SECONDS:
            return _by(value, _TIMES) if value else "0 s"
        case Unit.PER_SECOND:
            return f"{_by(value, _THOUSANDS)} c/s"
        case Unit.COUNT:
            return _by(value, _THOUSANDS)


def _by(value: float, sizes: Sequence[tuple[float, str]]) -> str:
    """In the greatest of the sizes that the number has, as it is rounded; else as it is."""
    for size, name in sizes:
        if float(digits(abs(value) / size)) >= 1:
            return digits(value / size) + name
    return digits(value)


def digits(value: float) -> str:
    """The number to three digits, without zeros at its end; a whole one is not shortened."""
    if not value:
        return "0"
    places = max(0, _DIGITS - 1 - math.floor(math.log10(abs(value))))
    text = f"{value:.{places}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
