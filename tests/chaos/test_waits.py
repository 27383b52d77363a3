"""How long a change waited is measured from its acceptance to the first message that shows it."""

from typing import Final

from tests.chaos.evidence import Accepted, Call, GroupName
from tests.chaos.waits import waits

NAME: Final = GroupName("amber", "amber-g1")


def call(at_s: float, *firing: str, tenant: str = "amber") -> Call:
    state = f"FIRING: amber-g1. {' '.join(f'instance={one}' for one in firing)}" if firing else "RESOLVED: amber-g1."
    return Call(tenant, "chat.update", "C1", at_s, at_s, True, 200, None, state, threaded=False)


def fires(instance: str, at_s: float) -> Accepted:
    return Accepted(NAME, instance, True, at_s)


def ends(instance: str, at_s: float) -> Accepted:
    return Accepted(NAME, instance, False, at_s)


def test_a_change_waits_until_a_message_of_its_group_shows_it() -> None:
    calls = [call(2, "i-1"), call(3, "i-1", tenant="birch"), call(5, "i-1", "i-2"), call(9, "i-2")]

    found = waits([fires("i-1", 1), fires("i-2", 3), ends("i-1", 6)], calls, 0, 10)

    assert (found.shown_s, found.folded, found.never) == ((1, 2, 3), 0, ())
    assert found.silence_s == 4
    assert (found.percentile_s(0.5), found.percentile_s(1)) == (2, 3)


def test_an_alert_that_ended_before_it_was_shown_is_folded_and_its_end_is_shown() -> None:
    found = waits([fires("i-1", 1), ends("i-1", 2)], [call(3)], 0, 10)

    assert (found.shown_s, found.folded, found.never) == ((1,), 1, ())


def test_what_is_never_shown_is_found() -> None:
    lost = [fires("i-1", 1), ends("i-2", 4)]

    assert waits([fires("i-2", 1), *lost], [call(2, "i-2")], 0, 10).never == tuple(lost)


def test_only_changes_of_the_time_count() -> None:
    assert waits([fires("i-1", 1), fires("i-2", 6)], [call(2, "i-1"), call(7, "i-1", "i-2")], 5, 10).shown_s == (1,)
