"""In which unit the values of a chart are read: one for the whole chart, so that its lines can be compared."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from babel import Locale
from babel.numbers import format_compact_decimal, format_decimal, format_percent

from router.core.context.chart import Chart, Unit
from router.core.render.localizer import Localizer

_Step = tuple[float, float, str]
"""From which size on, how much one is, and its name."""

_BYTES: Final[Sequence[_Step]] = [
    (1024.0**power, 1024.0**power, name) for power, name in enumerate(("B", "KiB", "MiB", "GiB", "TiB", "PiB"))
]
_SECONDS: Final[Sequence[_Step]] = [
    (0, 1e-6, "µs"),
    (1e-3, 1e-3, "ms"),
    (1, 1, "s"),
    (120, 60, "min"),
    (7_200, 3_600, "h"),
    (172_800, 86_400, "d"),
]
_NUMBERS: Final[Sequence[_Step]] = [(0, 1, ""), (1e5, 1e3, ""), (1e8, 1e6, ""), (1e11, 1e9, "")]
_STEPS: Final[Mapping[Unit, Sequence[_Step]]] = {
    Unit.BYTES: _BYTES,
    Unit.SECONDS: _SECONDS,
    Unit.NUMBER: _NUMBERS,
    Unit.PERCENT: [(0, 1, "%")],
    Unit.RATIO: [(0, 0.01, "%")],
}
_MOST_DECIMALS: Final = 9
_DIGITS: Final = 6
_LARGEST: Final = 1e15


@dataclass(frozen=True, slots=True)
class Scale:
    """A unit by its name ("" for numbers), how much one of it is, and the decimals that set the values apart."""

    name: str
    one: float
    decimals: int

    def point(self, value: float, finer: int = 1) -> float:
        """A value as it is drawn: so many decimals finer than it is written."""
        scaled = round(value / self.one, self.decimals + finer)
        return int(scaled) if scaled == int(scaled) else scaled

    def axis(self, localizer: Localizer) -> str:
        """What stands beside the axis of the values; "" for plain numbers."""
        if self.name == "%":
            return "%"
        if self.name:
            return str(localizer.word("unit", self.name))
        return f"\N{MULTIPLICATION SIGN} {localizer.number(int(self.one))}" if self.one > 1 else ""

    def written(self, value: float, localizer: Localizer) -> str:
        """A value with its unit, rounded to what sets the chart's values apart."""
        return self._written(Decimal(repr(round(value / self.one, self.decimals))), localizer)

    def exact(self, value: float, localizer: Localizer) -> str:
        """A value with its unit, such as a limit that somebody chose."""
        return self._written(Decimal(f"{value / self.one:.{_DIGITS}g}"), localizer)

    def _written(self, number: Decimal, localizer: Localizer) -> str:
        locale = localizer.locale
        number = number if number else Decimal(0)
        if self.name == "%":
            return format_percent(number / 100, locale=locale, decimal_quantization=False)
        if not self.name and self.one > 1:
            return _many(number * int(self.one), locale)
        amount = format_decimal(number, locale=locale, decimal_quantization=False)
        return f"{amount}\N{NO-BREAK SPACE}{localizer.word('unit', self.name)}" if self.name else amount


def _many(number: Decimal, locale: Locale) -> str:
    """A large number as short as the language has it: 150K in English, 150.000 in German."""
    compact = format_compact_decimal(number, locale=locale, fraction_digits=2)
    return compact if any(map(str.isalpha, compact)) else format_decimal(number, locale=locale)


def scale_of(chart: Chart) -> Scale | None:
    """The unit for all values of a chart; None where one is too large to be shown."""
    values = list(_values(chart))
    largest = max(map(abs, values), default=0.0)
    if largest >= _LARGEST * _STEPS[chart.unit][-1][1]:
        return None
    steps = _STEPS[chart.unit]
    _, one, name = next((step for step in reversed(steps) if largest >= step[0]), steps[0])
    return Scale(name, one, _decimals([value / one for value in values]))


def _values(chart: Chart) -> Iterator[float]:
    for line in chart.lines:
        yield from finite(line.values)
    if chart.threshold is not None:
        yield from finite([chart.threshold.value])


def finite(values: Iterable[float | None]) -> Iterator[float]:
    """Those that can be drawn."""
    yield from (value for value in values if value is not None and math.isfinite(value))


def _decimals(values: Sequence[float]) -> int:
    """So many that a tenth of what lies between the values is seen."""
    spread = max(values, default=0.0) - min(values, default=0.0)
    size = spread or max(map(abs, values), default=0.0) / 10
    return min(max(round(-math.log10(size / 10)), 0), _MOST_DECIMALS) if size > 0 else 0
