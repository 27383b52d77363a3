"""How a silence stands at a moment, and how it is ended."""

import pytest

from router.core.match.matcher import parse_matchers
from router.core.model.instant import Instant
from router.core.model.rules.silence import Silence, Silences, SilenceState

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


def test_silences_are_equal_by_what_they_hold() -> None:
    one, same, other = (Silences([SILENCE]), Silences([SILENCE]), Silences())

    assert one == same
    assert hash(one) == hash(same)
    assert one != other
    assert other != ()


def test_the_patterns_of_all_are_known_with_their_labels() -> None:
    two = Silences([SILENCE, Silence("s2", (parse_matchers('a=~"b.*"'),), Instant(1), Instant(2), "ana")])

    assert [name for name, _ in two.patterns()] == ["a"]
