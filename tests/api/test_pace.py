"""How much one may ask in a while: a bucket each, and the oldest forgotten."""

import pytest

from router.api.pace import MAX_PACED, Pace
from router.core.model.instant import SECOND, Instant, Span
from router.core.model.rules.limits import Rate
from router.http.problems import Problem
from tests.bounds import tries


def test_each_has_a_burst_and_then_a_rate_of_its_own() -> None:
    now = [0]
    pace = Pace(lambda: Instant(now[0]), Rate(period=Span(SECOND), burst=2))
    for who in ("ana", "ana", "bo"):
        pace.take(who)
    with pytest.raises(Problem) as refused:
        pace.take("ana")
    assert (refused.value.status, refused.value.retry_after_s) == (429, 1)
    now[0] += SECOND
    pace.take("ana")


@tries("principals and addresses whose pace the control API remembers")
def test_of_so_many_the_pace_is_remembered(beyond: int) -> None:
    pace = Pace(lambda: Instant(0), Rate(period=Span(SECOND), burst=1))
    pace.take("first")
    for number in range(MAX_PACED - 1 + beyond):
        pace.take(str(number))
    if beyond > 0:
        pace.take("first")
    else:
        with pytest.raises(Problem):
            pace.take("first")
