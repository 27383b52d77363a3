"""How a silence stands at a moment, and how it is ended."""

import pytest

from router.core.match.matcher import parse_matchers
from router.core.model.instant import Instant
from router.core.model.rules.silence import Silence, SilenceState

SILENCE = Silence("s1", (parse_matchers("a=b"),), Instant(100), Instant(200), "ana")


@pytest.mark.parametrize(("now", "state"), [(99, "pending"), (100, "active"), (200, "active"), (201, "expired")])
def test_it_is_pending_then_active_with_both_ends_then_expired(now: int, state: str) -> None:
    assert SILENCE.state(Instant(now)) is SilenceState(state)


@pytest.mark.parametrize(("now", "times"), [(50, (50, 50)), (150, (100, 150)), (300, (100, 200))])
def test_one_that_is_ended_before_it_begins_never_holds_and_one_that_is_over_stays(
    now: int, times: tuple[int, int]
) -> None:
    ended = SILENCE.ended(Instant(now))

    assert (ended.starts_at, ended.ends_at) == times
    assert ended.state(Instant(now + 1)) is SilenceState.EXPIRED
