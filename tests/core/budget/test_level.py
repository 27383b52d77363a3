"""How full a bucket is agrees with what it grants."""

from hypothesis import given
from hypothesis import strategies as st

from router.core.budget.gcra import Go, take
from router.core.budget.level import left, used
from router.core.model.instant import NEVER, Instant, Span
from router.core.model.rules.limits import Rate

NOW = Instant(1_700_000_000_000_000)
RATES = st.builds(Rate, st.integers(1, 5_000_000).map(Span), st.integers(1, 20))
ARRIVALS = st.one_of(st.just(NEVER), st.integers(-9_000_000, 90_000_000).map(lambda offset: Instant(NOW + offset)))


@given(RATES, ARRIVALS)
def test_so_many_calls_are_left_as_are_granted_at_once(rate: Rate, arrival: Instant) -> None:
    granted, at = 0, arrival
    while isinstance(answer := take([rate], [at], NOW), Go):
        granted, (at,) = granted + 1, answer.arrivals

    assert left(rate, arrival, NOW) == granted


@given(RATES, ARRIVALS)
def test_nothing_is_used_of_a_full_bucket_and_all_of_one_that_grants_nothing(rate: Rate, arrival: Instant) -> None:
    share = used(rate, arrival, NOW)

    assert (share == 0) == (arrival <= NOW)
    assert share <= 1 or left(rate, arrival, NOW) == 0
