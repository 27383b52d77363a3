"""The limiter lets through what the rate says, names the exact time to come back, and takes all or nothing."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from router.core.budget.gcra import Go, Wait, owed, take
from router.core.model.instant import NEVER, Instant, Span
from router.core.model.rules.limits import Rate
from tests.core.builders import START, at, seconds
from tests.examples import examples

RATES = st.builds(Rate, period=st.integers(1, 2_000_000).map(Span), burst=st.integers(1, 6))
ARRIVALS = st.one_of(st.just(NEVER), st.integers(-8_000_000, 8_000_000).map(lambda offset: Instant(START + offset)))
BUCKETS = st.lists(st.tuples(RATES, ARRIVALS), min_size=1, max_size=4)
PROMISE = examples(200)


def test_a_burst_goes_at_once_and_then_one_each_period() -> None:
    rate, arrivals = Rate(seconds(10), 3), (NEVER,)
    for _ in range(3):
        answer = take([rate], arrivals, START)
        assert isinstance(answer, Go)
        arrivals = (answer.arrivals[0],)
    assert take([rate], arrivals, START) == Wait(seconds(10), 0)
    assert take([rate], arrivals, at(seconds(4))) == Wait(seconds(6), 0)
    assert isinstance(take([rate], arrivals, at(seconds(10))), Go)


def test_an_idle_bucket_saves_no_more_than_its_burst() -> None:
    rate, arrivals, gone = Rate(seconds(1), 2), (at(seconds(-1000)),), 0
    while isinstance(answer := take([rate], arrivals, START), Go):
        arrivals, gone = (answer.arrivals[0],), gone + 1
    assert gone == 2


def test_the_slowest_bucket_is_named() -> None:
    fast, slow = Rate(seconds(1), 1), Rate(seconds(60), 1)
    full = (at(seconds(1)), at(seconds(60)), at(seconds(1)))
    assert take([fast, slow, fast], full, START) == Wait(seconds(60), 1)


def test_a_cost_above_the_burst_is_taken_from_a_full_bucket_and_leaves_a_debt() -> None:
    rate = Rate(seconds(1), 3)
    assert take([rate], (NEVER,), START, [99]) == Go((at(seconds(99)),))
    assert take([rate], (at(seconds(99)),), START) == Wait(seconds(97), 0)


@PROMISE
@given(BUCKETS, st.integers(1, 4))
def test_the_time_to_come_back_is_exact_to_the_microsecond(
    buckets: Sequence[tuple[Rate, Instant]], cost: int
) -> None:
    rates, arrivals = [rate for rate, _ in buckets], [arrival for _, arrival in buckets]
    answer = take(rates, arrivals, START, [cost] * len(rates))
    if isinstance(answer, Wait):
        assert answer.retry_after > 0
        assert isinstance(take(rates, arrivals, at(answer.retry_after), [cost] * len(rates)), Go)
        early = take(rates, arrivals, at(answer.retry_after - 1), [cost] * len(rates))
        assert early == Wait(Span(1), answer.bucket)


@PROMISE
@given(BUCKETS, st.integers(1, 4))
def test_all_buckets_are_taken_or_none(buckets: Sequence[tuple[Rate, Instant]], cost: int) -> None:
    together = take([rate for rate, _ in buckets], [arrival for _, arrival in buckets], START, [cost] * len(buckets))
    alone = [take([rate], [arrival], START, [cost]) for rate, arrival in buckets]
    waits = [answer.retry_after for answer in alone if isinstance(answer, Wait)]
    match together:
        case Go(arrivals):
            assert not waits
            assert arrivals == tuple(answer.arrivals[0] for answer in alone if isinstance(answer, Go))
        case Wait(retry_after, bucket):
            assert retry_after == max(waits)
            assert alone[bucket] == Wait(retry_after, 0)


@PROMISE
@given(RATES, ARRIVALS, st.integers(0, 20))
def test_what_a_bucket_may_owe_is_owed_also_by_who_leaves_half_of_it(rate: Rate, base: Instant, taken: int) -> None:
    arrivals = (min(base, START),)
    for _ in range(taken):
        if isinstance(answer := take([rate], arrivals, START), Go):
            arrivals = (answer.arrivals[0],)
    for asks in (rate, Rate(rate.period, max(1, rate.burst // 2))):
        assert owed(asks, arrivals[0], START) == arrivals[0]


def test_after_the_clock_was_set_back_one_goes_at_once_and_the_others_as_usual() -> None:
    rate = Rate(seconds(1), 3)
    answer = take([rate], [owed(rate, at(seconds(3600)), START)], START)
    assert isinstance(answer, Go)
    assert take([rate], [owed(rate, answer.arrivals[0], START)], START) == Wait(seconds(1), 0)


@PROMISE
@given(RATES, st.lists(st.tuples(st.integers(0, 3_000_000), st.integers(1, 3)), max_size=40))
def test_no_window_ever_holds_more_than_the_burst_and_what_time_earned(
    rate: Rate, asks: Sequence[tuple[int, int]]
) -> None:
    arrivals, now, taken = (NEVER,), START, list[tuple[int, int]]()
    level = rate.burst * rate.period
    for pause, cost in asks:
        now = Instant(now + pause)
        level = min(rate.burst * rate.period, level + pause)
        answer = take([rate], arrivals, now, [cost])
        # The reference: a bucket of `burst` tokens that fills by one each period, and may be overdrawn when full.
        assert isinstance(answer, Go) == (level >= min(cost, rate.burst) * rate.period)
        if isinstance(answer, Go):
            level -= cost * rate.period
            arrivals = (answer.arrivals[0],)
            taken.append((now, cost))
    for first, (begin, _) in enumerate(taken):
        for last in range(first, len(taken)):
            tokens = sum(price for _, price in taken[first:last]) + min(taken[last][1], rate.burst)
            assert (tokens - rate.burst) * rate.period <= taken[last][0] - begin
