"""A heartbeat is missing only by time in which it could have arrived, and of which all was read."""

import pytest

from router.core.decide.heartbeat import RENEWED, Beat, Verdict, Window, judge
from router.core.model.instant import MINUTE, Instant, Span
from tests.adapters.builders import NOON

EVERY = Span(5 * MINUTE)


def at(minutes: float) -> Instant:
    return Instant(NOON + round(minutes * MINUTE))


@pytest.mark.parametrize(
    ("seen", "since", "until", "verdict"),
    [
        (0, -60, 4.9, Verdict.NOTHING),
        (0, -60, 5, Verdict.MISSING),
        (0, 3, 5, Verdict.NOTHING),
        (0, 3, 7.9, Verdict.NOTHING),
        (0, 3, 8, Verdict.MISSING),
        (0, -60, -10, Verdict.NOTHING),
    ],
    ids=["in time", "late", "after a break", "just after it", "long after it", "unread"],
)
def test_it_is_missing_when_it_did_not_come_in_time_that_counts(
    seen: float, since: float, until: float, verdict: Verdict
) -> None:
    assert judge(Beat(at(seen)), EVERY, Window(at(since), at(until)), at(60)) is verdict


def test_while_nobody_knows_what_was_sent_none_is_missing() -> None:
    assert judge(Beat(at(0)), EVERY, None, at(600)) is Verdict.NOTHING


def test_one_that_is_missing_is_back_when_it_arrives_also_during_an_outage() -> None:
    missing = Beat(at(6), missing_since=at(0), observed_at=at(5))

    assert judge(missing, EVERY, None, at(7)) is Verdict.BACK


def test_one_that_is_missing_is_observed_again_now_and_then() -> None:
    missing = Beat(at(0), missing_since=at(0), observed_at=at(5))

    assert judge(missing, EVERY, None, Instant(at(5) + RENEWED - 1)) is Verdict.NOTHING
    assert judge(missing, EVERY, None, Instant(at(5) + RENEWED)) is Verdict.MISSING
