"""Time intervals mean what a calendar and a clock on the wall say, also where clocks are changed."""

from collections.abc import Callable
from datetime import UTC, datetime
from itertools import count as count_up
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.core.model.instant import MINUTE, NEVER, Instant, parse_rfc3339
from router.core.model.muted import Muted, MutedBy
from router.core.model.rules.interval import IntervalSpec, Minutes, Range, RouteIntervals, TimeInterval
from router.core.mute.intervals import muted_by_time
from tests.core.mute.calendar import CHANGES, MINUTES, Window, held_back, intervals_in
from tests.cost import times_as_dear
from tests.examples import examples

PARIS = ZoneInfo("Europe/Paris")
NIGHT = (Minutes(0, 6 * 60), Minutes(22 * 60, 24 * 60))
WEEKEND = frozenset({0, 6})


def named(name: str, *specs: IntervalSpec) -> TimeInterval:
    return TimeInterval(name, specs)


def until(intervals: RouteIntervals, now: str) -> str | None:
    found = muted_by_time(intervals, parse_rfc3339(now))
    assert found is not None
    return None if found.until == NEVER else datetime.fromtimestamp(found.until / 1e6, UTC).isoformat()[:16]


@pytest.mark.parametrize("window", CHANGES, ids=lambda one: f"{one.zone}-{one.day}")
@given(data=st.data())
@examples(8)
def test_a_route_is_held_back_until_the_minute_at_which_nothing_holds_it_any_more(
    window: Window, data: st.DataObject
) -> None:
    intervals = data.draw(intervals_in(window))
    held = held_back(intervals, window)
    flips = [number for number in range(1, MINUTES) if held[number] != held[number - 1]]
    some = data.draw(st.lists(st.integers(0, MINUTES - 1), max_size=6))

    for number in {*(flip + side for flip in flips for side in (-1, 0)), *some, *range(0, MINUTES, 241)}:
        found = muted_by_time(intervals, window.minute(number))
        assert (found is not None) is held[number]
        if found is not None:
            free = next((one for one in range(number, MINUTES) if not held[one]), None)
            expected = window.minute(MINUTES if free is None else free)
            assert found.until == expected or (free is None and (found.until > expected or found.until == NEVER))


@pytest.mark.parametrize("seconds", [0, 29, 59.999])
def test_within_a_minute_nothing_changes(seconds: float) -> None:
    nights = RouteIntervals(mute=(named("nights", IntervalSpec(times=NIGHT)),))
    last = parse_rfc3339("2026-11-27T05:59:00Z")

    found = muted_by_time(nights, Instant(last + round(seconds * 1e6)))

    assert found == Muted(MutedBy.MUTE_TIME_INTERVAL, "nights", Instant(last + MINUTE))


def test_what_is_muted_at_night_and_at_the_weekend_is_free_on_monday_morning() -> None:
    quiet = RouteIntervals(
        mute=(named("nights", IntervalSpec(times=NIGHT)), named("weekend", IntervalSpec(weekdays=WEEKEND)))
    )

    assert until(quiet, "2026-11-27T23:00:00Z") == "2026-11-30T06:00"


def test_of_several_that_hold_it_the_first_of_the_route_is_named() -> None:
    nights, holidays = (named(name, IntervalSpec(times=NIGHT)) for name in ("nights", "holidays"))

    found = muted_by_time(
        RouteIntervals(mute=(named("never"), holidays, nights)), parse_rfc3339("2026-11-27T23:00:00Z")
    )

    assert found is not None
    assert found.name == "holidays"


def test_the_interval_that_is_named_is_the_one_that_holds_it_now() -> None:
    office = named("office", IntervalSpec(times=(Minutes(540, 1020),), weekdays=frozenset(range(1, 6)), zone=PARIS))
    lunch = named("lunch", IntervalSpec(times=(Minutes(720, 780),), zone=PARIS))
    route = RouteIntervals(mute=(lunch,), active=(office, named("never")))

    night = muted_by_time(route, parse_rfc3339("2026-11-27T20:00:00Z"))
    noon = muted_by_time(route, parse_rfc3339("2026-11-27T11:30:00Z"))

    assert night == Muted(MutedBy.ACTIVE_TIME_INTERVAL, "office, never", parse_rfc3339("2026-11-30T08:00:00Z"))
    assert noon == Muted(MutedBy.MUTE_TIME_INTERVAL, "lunch", parse_rfc3339("2026-11-27T12:00:00Z"))
    assert muted_by_time(route, parse_rfc3339("2026-11-27T10:00:00Z")) is None


@pytest.mark.parametrize(
    ("spec", "now", "expected"),
    [
        (IntervalSpec(days_of_month=(Range(-1, -1),)), "2028-02-29T12:00:00Z", "2028-03-01T00:00"),
        (IntervalSpec(days_of_month=(Range(31, 31),)), "2026-01-31T12:00:00Z", "2026-02-01T00:00"),
        (IntervalSpec(months=frozenset({12}), zone=PARIS), "2026-12-05T12:00:00Z", "2026-12-31T23:00"),
        (IntervalSpec(years=(Range(2025, 2026),)), "2026-06-05T12:00:00Z", "2027-01-01T00:00"),
        (IntervalSpec(years=(Range(2025, 2029),)), "2026-06-05T12:00:00Z", None),
        (IntervalSpec(), "2026-06-05T12:00:00Z", None),
    ],
)
def test_a_mute_ends_with_its_days_months_or_years(spec: IntervalSpec, now: str, expected: str | None) -> None:
    assert until(RouteIntervals(mute=(named("one", spec),)), now) == expected


@pytest.mark.parametrize(
    ("specs", "expected"),
    [
        ((IntervalSpec(days_of_month=(Range(31, 31),)),), "2026-12-31T00:00"),
        ((IntervalSpec(months=frozenset({6})),), "2027-06-01T00:00"),
        ((IntervalSpec(years=(Range(2027, 2027),), weekdays=frozenset({1})),), "2027-01-04T00:00"),
        ((IntervalSpec(days_of_month=(Range(29, 29),), months=frozenset({2})),), None),
        ((IntervalSpec(months=frozenset({7})), IntervalSpec(years=(Range(2020, 2021),))), "2027-07-01T00:00"),
        ((), None),
    ],
)
def test_a_route_is_free_again_when_one_of_its_active_intervals_begins(
    specs: tuple[IntervalSpec, ...], expected: str | None
) -> None:
    assert until(RouteIntervals(active=(named("one", *specs),)), "2026-11-27T12:00:00Z") == expected


def test_of_very_many_intervals_in_a_row_not_all_are_looked_through() -> None:
    by_day = named("halves", IntervalSpec(times=(Minutes(0, 720),)), IntervalSpec(times=(Minutes(720, 1440),)))

    again = until(RouteIntervals(mute=(by_day,)), "2026-11-27T12:00:00Z")

    assert again is not None
    assert "2026-12-20" < again < "2027-01-01"


def test_a_route_without_intervals_is_never_held_back() -> None:
    assert muted_by_time(RouteIntervals(), parse_rfc3339("2026-11-27T12:00:00Z")) is None


def test_very_many_parts_take_no_more_time_than_some() -> None:
    """Each of these never comes, which is found out by looking through all days."""

    def asked(count: int) -> Callable[[], object]:
        never = IntervalSpec(days_of_month=(Range(31, 31),), weekdays=frozenset({1}), months=frozenset({2, 4}))
        route = RouteIntervals(active=(named(f"never-{count}", *[never] * count),))
        minutes = (Instant(parse_rfc3339("2026-11-27T12:00:00Z") + number * MINUTE) for number in count_up())
        assert muted_by_time(route, next(minutes)) is not None
        return lambda: muted_by_time(route, next(minutes))

    assert times_as_dear(asked(500), asked(20), rounds=3) < 10
