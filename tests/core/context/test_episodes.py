"""How it usually goes: which episodes are one, how many are kept, and what is found of them."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from router.core.context.episodes import MAX_EPISODES, Episode, usually, with_episode
from router.core.model.instant import HOUR, MINUTE, SECOND, Instant, Span
from tests.bounds import tries

NOW = Instant(1_764_000_000 * SECOND)
WITHIN = Span(10 * MINUTE)
DAY = 24 * HOUR


def ago(start: int, lasted: int) -> Episode:
    return Episode(Instant(NOW - start), Instant(NOW - start + lasted))


def test_what_never_fired_before_has_nothing_to_show() -> None:
    assert usually((), NOW) is None


def test_it_counts_seven_days_and_names_the_last_two() -> None:
    found = usually([ago(DAY, 12 * MINUTE + 3 * SECOND), ago(2 * DAY, 40 * MINUTE), ago(8 * DAY, HOUR)], NOW)
    assert found is not None
    assert found.times == 3
    assert found.durations == (12 * MINUTE, 40 * MINUTE)
    assert found.ended == NOW - DAY + 12 * MINUTE + 3 * SECOND


def test_what_is_stored_again_is_the_same_episode() -> None:
    one = ago(DAY, HOUR)
    assert with_episode(with_episode((), one, WITHIN), one, WITHIN) == (one,)


def test_what_reopens_goes_on_with_the_last_episode_and_what_comes_later_is_one_of_its_own() -> None:
    first, soon, later = ago(DAY, HOUR), ago(DAY - HOUR - 5 * MINUTE, HOUR), ago(DAY - 5 * HOUR, HOUR)
    known = with_episode(with_episode((), first, WITHIN), soon, WITHIN)
    assert known == (Episode(first.start, soon.end),)
    assert with_episode(known, later, WITHIN) == (later, *known)


@given(st.lists(st.tuples(st.integers(0, 30 * DAY), st.integers(0, DAY)), max_size=40))
def test_they_are_few_and_the_newest_first(many: list[tuple[int, int]]) -> None:
    known: tuple[Episode, ...] = ()
    for start, lasted in many:
        known = with_episode(known, ago(start, lasted), WITHIN)
    assert len(known) <= MAX_EPISODES
    assert all(newer.start > older.end + WITHIN for newer, older in pairwise(known))


@tries("earlier episodes of a group that are kept")
def test_of_more_the_oldest_makes_room(beyond: int) -> None:
    known: tuple[Episode, ...] = ()
    for day in range(MAX_EPISODES + beyond, 0, -1):
        known = with_episode(known, ago(day * DAY, HOUR), WITHIN)
    assert len(known) == min(MAX_EPISODES, MAX_EPISODES + beyond)
    assert [one.start for one in known] == [NOW - day * DAY for day in range(1, len(known) + 1)]
