"""Time intervals, and which of them a route names."""

from collections.abc import Callable, Iterable, Mapping
from typing import Final, TypeVar
from zoneinfo import ZoneInfo

from router.config.document.intervals import IntervalSpecEntry, TimeIntervalEntry, TimeRange
from router.config.document.routes import Branch, Inheritable
from router.config.ranges import days_of_month_of, minute_of, months_of, weekdays_of, years_of
from router.core.model.rules.interval import (
    ALWAYS_ACTIVE,
    FULL_DAY,
    IntervalSpec,
    Minutes,
    RouteIntervals,
    TimeInterval,
)

_Written = TypeVar("_Written")
_Read = TypeVar("_Read")
_DAYS: Final = 7
_MONTHS: Final = 12
_UTC: Final = "UTC"


def intervals_of(entries: Iterable[TimeIntervalEntry]) -> Mapping[str, TimeInterval]:
    """The intervals by name."""
    return {one.name: TimeInterval(one.name, tuple(map(_spec, one.time_intervals))) for one in entries}


def named_by(node: Inheritable, known: Mapping[str, TimeInterval]) -> RouteIntervals:
    """When a route is muted and active."""
    if not isinstance(node, Branch) or not (node.mute_time_intervals or node.active_time_intervals):
        return ALWAYS_ACTIVE
    return RouteIntervals(
        mute=tuple(known[name] for name in node.mute_time_intervals or ()),
        active=tuple(known[name] for name in node.active_time_intervals or ()),
    )


def _spec(entry: IntervalSpecEntry) -> IntervalSpec:
    """A part; a field that every moment fulfils is left out, which costs least."""
    times = _each(entry.times, _minutes)
    weekdays = _together(entry.weekdays, weekdays_of)
    months = _together(entry.months, months_of)
    return IntervalSpec(
        times=None if times is None or Minutes(0, FULL_DAY) in times else times,
        weekdays=None if weekdays is None or len(weekdays) == _DAYS else weekdays,
        days_of_month=_each(entry.days_of_month, days_of_month_of),
        months=None if months is None or len(months) == _MONTHS else months,
        years=_each(entry.years, years_of),
        zone=ZoneInfo(entry.location or _UTC),
    )


def _minutes(entry: TimeRange) -> Minutes:
    return Minutes(minute_of(entry.start_time), minute_of(entry.end_time))


def _each(entries: Iterable[_Written] | None, read: Callable[[_Written], _Read]) -> tuple[_Read, ...] | None:
    return None if entries is None else tuple(map(read, entries))


def _together(entries: Iterable[str] | None, read: Callable[[str], frozenset[int]]) -> frozenset[int] | None:
    return None if entries is None else frozenset[int]().union(*map(read, entries))
