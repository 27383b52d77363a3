"""A chart shows the time from before an episode until now, and in the end all of it."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from router.core.context.window import times
from router.core.model.instant import HOUR, MINUTE, NEVER, SECOND, Instant

NOW = Instant(1_000_000 * MINUTE)


def test_the_first_message_has_the_last_hour() -> None:
    shown = times(Instant(NOW - 2 * MINUTE), NEVER, NOW)

    assert len(shown) == 20
    assert shown[-1] == NOW
    assert HOUR - 20 * SECOND <= NOW - shown[0] <= HOUR


def test_later_it_begins_before_the_start() -> None:
    start = Instant(NOW - 5 * HOUR)

    assert times(start, NEVER, NOW)[0] <= start - 10 * MINUTE


def test_what_is_over_is_shown_whole_and_no_later() -> None:
    start, end = Instant(NOW - 5 * HOUR), Instant(NOW - 3 * HOUR)
    shown = times(start, end, NOW)

    assert shown[0] <= start - 10 * MINUTE
    assert end <= shown[-1] <= end + 15 * MINUTE
    assert times(start, end, end)[-1] == end


def test_of_a_very_long_episode_the_last_two_weeks_are_shown() -> None:
    shown = times(Instant(NOW - 300 * 24 * HOUR), NEVER, NOW)

    assert 13 * 24 * HOUR < shown[-1] - shown[0] <= 14 * 24 * HOUR


MOMENTS = st.integers(0, NOW).map(Instant)


@given(MOMENTS, MOMENTS, MOMENTS)
def test_times_are_equally_far_apart_oldest_first(start: Instant, end: Instant, now: Instant) -> None:
    shown = times(start, end, now)

    assert len(shown) == 20
    assert len({after - before for before, after in pairwise(shown)}) == 1
    assert shown[0] < shown[-1]
    assert shown[-1] <= max(start, now)
