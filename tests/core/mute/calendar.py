"""Time intervals as a person would check them: minute by minute, with a calendar and a clock on the wall."""

from calendar import monthrange
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Final, TypeVar
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from router.core.model.instant import Instant, from_datetime
from router.core.model.rules.interval import IntervalSpec, Minutes, Range, RouteIntervals, TimeInterval

_Entry = TypeVar("_Entry")

DAYS: Final = 4
MINUTES: Final = DAYS * 24 * 60
EDGES: Final = (0, 30, 60, 90, 120, 150, 180, 240, 720, 1380, 1410, 1439, 1440)
"""Minutes at which clocks are changed, and others."""


@dataclass(frozen=True)
class Window:
    """Some days around a change of the clock."""

    zone: str
    day: str

    @property
    def start(self) -> datetime:
        return datetime.fromisoformat(self.day).replace(tzinfo=UTC) - timedelta(days=DAYS // 2)

    def minute(self, number: int) -> Instant:
        return from_datetime(self.start + timedelta(minutes=number))

    def walls(self, spec: IntervalSpec) -> list[datetime]:
        """The local time of every minute."""
        return _walls(self.start, spec.zone)


@lru_cache
def _walls(start: datetime, zone: tzinfo) -> list[datetime]:
    return [(start + timedelta(minutes=number)).astimezone(zone) for number in range(MINUTES)]


CHANGES: Final = (
    Window("Europe/Paris", "2026-03-29"),
    Window("Europe/Paris", "2026-10-25"),
    Window("America/New_York", "2026-03-08"),
    Window("America/New_York", "2026-11-01"),
    Window("Australia/Lord_Howe", "2026-04-05"),
    Window("Australia/Lord_Howe", "2026-10-04"),
    Window("Asia/Kathmandu", "1986-01-01"),
    Window("America/Sao_Paulo", "2018-11-04"),
    Window("America/Sao_Paulo", "2019-02-17"),
    Window("Africa/Casablanca", "2026-02-15"),
    Window("Africa/Casablanca", "2026-03-22"),
    Window("Pacific/Apia", "2011-12-30"),
)
"""Spring and autumn, by an hour, by half of one, at midnight, against the sun, and a whole day that never was."""


def inside(spec: IntervalSpec, wall: datetime) -> bool:
    """Whether a local time lies in a part, field by field."""
    last = monthrange(wall.year, wall.month)[1]
    minute = wall.hour * 60 + wall.minute

    def counted(day: int) -> int:
        return day if day > 0 else last + 1 + day

    return (
        any_of(spec.times, lambda one: one.start <= minute < one.end)
        and any_of(spec.days_of_month, lambda one: counted(one.first) <= wall.day <= counted(one.last))
        and any_of(spec.years, lambda one: one.first <= wall.year <= one.last)
        and (spec.months is None or wall.month in spec.months)
        and (spec.weekdays is None or (wall.weekday() + 1) % 7 in spec.weekdays)
    )


def any_of(entries: Sequence[_Entry] | None, fulfilled: Callable[[_Entry], bool]) -> bool:
    return entries is None or any(map(fulfilled, entries))


def held_back(intervals: RouteIntervals, window: Window) -> list[bool]:
    """For every minute of the window, whether a route with these intervals is held back."""

    def covered(named: Sequence[TimeInterval]) -> list[bool]:
        specs = [spec for one in named for spec in one.specs]
        columns = [[inside(spec, wall) for wall in window.walls(spec)] for spec in specs]
        return [any(row) for row in zip(*columns, strict=True)] if columns else [False] * MINUTES

    muted, active = covered(intervals.mute), covered(intervals.active)
    return [mute or (bool(intervals.active) and not on) for mute, on in zip(muted, active, strict=True)]


def intervals_in(window: Window) -> st.SearchStrategy[RouteIntervals]:
    """Intervals of a route; each of their parts in the window's zone or in UTC."""
    spec = st.builds(
        IntervalSpec,
        times=st.none() | st.lists(times(), min_size=1, max_size=2).map(tuple),
        weekdays=st.none() | st.frozensets(st.integers(0, 6), min_size=1, max_size=6),
        days_of_month=st.none() | st.lists(days(), min_size=1, max_size=2).map(tuple),
        months=st.none() | st.frozensets(st.integers(1, 12), min_size=1, max_size=3),
        years=st.none() | st.just((Range(window.start.year, window.start.year + 1),)),
        zone=st.sampled_from([ZoneInfo(window.zone), ZoneInfo(window.zone), UTC]),
    )
    interval = st.builds(TimeInterval, st.sampled_from(["a", "b"]), st.lists(spec, max_size=2).map(tuple))
    some = st.lists(interval, max_size=2).map(tuple)
    return st.builds(RouteIntervals, mute=some, active=some)


def times() -> st.SearchStrategy[Minutes]:
    minute = st.sampled_from(EDGES) | st.integers(0, 1440)
    pair = st.tuples(minute, minute).map(sorted).filter(lambda both: both[0] < both[1])
    return pair.map(lambda both: Minutes(*both))


def days() -> st.SearchStrategy[Range]:
    ahead = st.tuples(st.integers(1, 31), st.integers(1, 31)).map(sorted)
    from_the_end = st.tuples(st.integers(-31, -1), st.integers(-31, -1)).map(sorted)
    mixed = st.tuples(st.integers(1, 15), st.integers(-13, -1))
    return (ahead | from_the_end | mixed).map(lambda both: Range(*both))
