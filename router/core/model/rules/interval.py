"""Time intervals: when a route is active, and when it is muted."""

from calendar import monthrange
from dataclasses import dataclass, field
from datetime import UTC, date, tzinfo
from typing import Final

FULL_DAY: Final = 24 * 60
"""Minutes of a day by the clock on the wall."""


@dataclass(frozen=True, slots=True)
class Range:
    """From `first` to `last`, both included."""

    first: int
    last: int

    def __contains__(self, number: int) -> bool:
        return self.first <= number <= self.last


@dataclass(frozen=True, slots=True)
class Minutes:
    """Minutes since midnight by the clock on the wall: from `start`, until just before `end`."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class IntervalSpec:
    """One part of a time interval: a moment lies in it if it fulfils every field that is not None.

    A field is fulfilled by any of its entries. Alertmanager's meaning (timeinterval/timeinterval.go); all of it is
    read from the calendar and the clock on the wall in `zone`, which skip and repeat hours.
    """

    times: tuple[Minutes, ...] | None = None
    weekdays: frozenset[int] | None = None
    """Sunday is 0."""
    days_of_month: tuple[Range, ...] | None = None
    """From 1, or from -1 for the last day of the month."""
    months: frozenset[int] | None = None
    years: tuple[Range, ...] | None = None
    zone: tzinfo = UTC

    def has_month(self, year: int, month: int) -> bool:
        """Whether a month has any chance."""
        in_year = self.years is None or any(year in one for one in self.years)
        return in_year and (self.months is None or month in self.months)

    def has_day(self, day: date) -> bool:
        """Whether a day is in it, with the times that it names."""
        if not self.has_month(day.year, day.month):
            return False
        if self.weekdays is not None and day.isoweekday() % 7 not in self.weekdays:
            return False
        return self.days_of_month is None or _among(self.days_of_month, day)

    def has_minute(self, minute: int) -> bool:
        """Whether a minute of such a day is in it."""
        return self.times is None or any(one.start <= minute < one.end for one in self.times)


@dataclass(frozen=True, slots=True)
class TimeInterval:
    """A named interval: the moments that lie in any of its parts."""

    name: str
    specs: tuple[IntervalSpec, ...]


@dataclass(frozen=True, slots=True)
class RouteIntervals:
    """When a route's groups are held back: inside any of `mute`, and outside all of `active` where it names any."""

    mute: tuple[TimeInterval, ...] = ()
    active: tuple[TimeInterval, ...] = ()
    specs: int = field(init=False, repr=False, compare=False)
    """How many parts they have together."""
    _hash: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "specs", sum(len(one.specs) for one in (*self.mute, *self.active)))
        object.__setattr__(self, "_hash", hash((self.mute, self.active)))

    def __hash__(self) -> int:
        """Reckoned once, since the intervals are looked up for each alert."""
        return self._hash


ALWAYS_ACTIVE: Final = RouteIntervals()


def _among(ranges: tuple[Range, ...], day: date) -> bool:
    last = monthrange(day.year, day.month)[1]
    return any(_counted(one.first, last) <= day.day <= _counted(one.last, last) for one in ranges)


def _counted(number: int, last: int) -> int:
    """The day of a month with `last` days; what lies beyond its ends matches nothing there."""
    return number if number > 0 else last + number + 1
