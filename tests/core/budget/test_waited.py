"""How much of a time was spent waiting: stretches that overlap count once, and what lies outside not at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.core.budget.waited import Stretch, waited
from router.core.model.instant import Instant

MOMENTS = st.integers(0, 30)
STRETCHES = st.lists(st.tuples(MOMENTS, MOMENTS).map(lambda one: (Instant(min(one)), Instant(max(one)))), max_size=6)


@pytest.mark.parametrize(
    ("stretches", "total"),
    [
        ([], 0),
        ([(12, 14)], 2),
        ([(0, 11), (19, 30)], 2),
        ([(12, 14), (13, 16)], 4),
        ([(12, 18), (13, 14)], 6),
        ([(0, 30)], 10),
        ([(0, 5), (25, 30)], 0),
    ],
)
def test_only_what_lies_within_counts_and_counts_once(stretches: list[Stretch], total: int) -> None:
    assert waited(Instant(10), Instant(20), stretches) == total


@given(MOMENTS, MOMENTS, STRETCHES)
def test_it_is_the_number_of_moments_that_any_stretch_covers(
    since: int, until: int, stretches: list[Stretch]
) -> None:
    covered = sum(any(begin <= one < end for begin, end in stretches) for one in range(since, until))

    assert waited(Instant(since), Instant(until), stretches) == covered
