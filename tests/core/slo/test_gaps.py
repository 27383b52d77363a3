"""What is not known is found by the numbers of events, and nothing else is called unknown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.core.model.event import Numbered
from router.core.model.instant import Instant
from router.core.slo.gaps import Gap, Lack, Place, gaps

LIFE, LATER = Instant(10), Instant(60)
SINCE, UNTIL = Instant(0), Instant(100)


def place(number: int, at: int, life: Instant = LIFE) -> Place:
    return Numbered(life, number), Instant(at)


def gap(since: int, until: int, lack: Lack, events: int = 0) -> Gap:
    return Gap(Instant(since), Instant(until), lack, events)


BEFORE = gap(0, 10, Lack.NOT_COUNTED)


@pytest.mark.parametrize(
    ("there", "last", "found"),
    [
        pytest.param([], None, [gap(0, 100, Lack.NOT_COUNTED)], id="nothing was ever counted"),
        pytest.param([], (LIFE, 4), [gap(0, 100, Lack.EVENTS_MISSING, 4)], id="all of them are gone"),
        pytest.param([place(1, 20), place(2, 30)], (LIFE, 2), [BEFORE], id="all of them are there"),
        pytest.param([place(2, 30), place(1, 20), place(2, 30)], (LIFE, 2), [BEFORE], id="in any order, and twice"),
        pytest.param(
            [place(1, 20), place(4, 30)],
            (LIFE, 4),
            [BEFORE, gap(20, 30, Lack.EVENTS_MISSING, 2)],
            id="two in between were dropped",
        ),
        pytest.param(
            [place(3, 20)], (LIFE, 3), [BEFORE, gap(10, 20, Lack.EVENTS_MISSING, 2)], id="the oldest have expired"
        ),
        pytest.param(
            [place(1, 20)], (LIFE, 3), [BEFORE, gap(20, 100, Lack.NOT_IN_KAFKA, 2)], id="the newest wait for Kafka"
        ),
        pytest.param([place(1, 20), place(2, 30)], (LIFE, 1), [BEFORE], id="one came while it was read"),
        pytest.param(
            [place(1, 20), place(1, 70, LATER)],
            (LATER, 1),
            [BEFORE, gap(20, 60, Lack.DATA_LOST)],
            id="Redis lost its data in between",
        ),
        pytest.param(
            [place(1, 20), place(3, 70, LATER)],
            (LATER, 3),
            [BEFORE, gap(20, 60, Lack.DATA_LOST), gap(60, 70, Lack.EVENTS_MISSING, 2)],
            id="and the first after it are gone",
        ),
        pytest.param([place(1, 20)], None, [BEFORE, gap(20, 100, Lack.DATA_LOST)], id="Redis has just lost it"),
        pytest.param(
            [place(1, 20)], (LATER, 1), [BEFORE, gap(20, 100, Lack.DATA_LOST)], id="and what came since is not there"
        ),
    ],
)
def test_what_is_missing(there: list[Place], last: tuple[Instant, int] | None, found: list[Gap]) -> None:
    assert gaps(there, Numbered(*last) if last else None, SINCE, UNTIL) == found


def test_only_what_reaches_into_the_time_counts_and_is_cut_to_it() -> None:
    there = [place(1, 20), place(4, 30), place(9, 50)]

    assert gaps(there, Numbered(LIFE, 9), Instant(40), UNTIL) == [gap(40, 50, Lack.EVENTS_MISSING, 4)]
    assert gaps(there, Numbered(LIFE, 9), Instant(51), UNTIL) == []
    assert gaps(there, Numbered(LIFE, 9), Instant(15), Instant(25)) == [gap(20, 25, Lack.EVENTS_MISSING, 2)]


@given(st.integers(1, 12), st.sets(st.integers(1, 12)))
def test_of_one_life_exactly_the_missing_numbers_are_missing(count: int, kept: set[int]) -> None:
    there = [place(number, 10 + number) for number in kept if number <= count]

    found = gaps(there, Numbered(LIFE, count), SINCE, UNTIL)

    assert sum(one.events for one in found) == count - len(there)
    assert all(one.events > 0 for one in found if one.lack is not Lack.NOT_COUNTED)
