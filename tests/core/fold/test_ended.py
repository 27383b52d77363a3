"""A truncated body by which all have ended ends what it leaves out as well, in whatever order records come."""

from dataclasses import replace
from itertools import permutations

import pytest

from router.core import engine
from router.core.model.alert import AlertId
from router.core.model.group import AlertGroup
from router.core.model.instant import Instant
from router.core.model.observation import Observations
from router.core.model.operation import Op, Reason
from tests.core.builders import SEVERITY, Story, a_key, a_resolve, a_timing, an_alert, at, hours, minutes

A, B = AlertId("A"), AlertId("B")


def body(*alerts: object, when: int, sender: str = "g", all_ended: bool = False) -> Observations:
    return Observations(alerts, at(minutes(when)), sender, all_ended=all_ended)  # type: ignore[arg-type]


def folded(*bodies: Observations) -> AlertGroup:
    state = AlertGroup(a_key())
    for one in bodies:
        state = engine.fold(state, one, a_timing(), SEVERITY, at(hours(1))).after
    return state


FIRST = body(an_alert("A"), an_alert("B"), when=0)
ENDED = body(a_resolve("A", ends=at(minutes(9))), when=10, all_ended=True)


def test_what_the_body_left_out_has_ended_too_and_the_message_is_green() -> None:
    story = Story().fire("A", "B", "C")
    story.notify_all()
    story.wait(minutes(10)).see(a_resolve("A", ends=story.now), all_ended=True)

    edit, reply = story.notify_all()

    assert (edit.op, edit.reason) == (Op.EDIT, Reason.ALL_RESOLVED)
    assert reply.op is Op.REPLY_THREAD
    assert story.state.closed
    assert (story.sums["changes"], story.sums["notified"], story.sums["accepted"]) == (6, 6, 4)
    assert story.sums.get("duplicates", 0) == 0
    assert story.state.alerts[B].registers.end == story.now


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_records_in_any_order_end_in_the_same_state(order: tuple[int, ...]) -> None:
    """B fires in two earlier bodies, and C in one that is observed with the last."""
    bodies = [FIRST, body(an_alert("B"), when=5), body(an_alert("C"), when=10), ENDED]

    state = folded(*(bodies[index] for index in order))

    assert not any(alert.firing for alert in state.alerts.values())
    assert {name: one.registers for name, one in state.alerts.items()} == {
        name: one.registers for name, one in folded(*bodies).alerts.items()
    }
    assert state.firing == 0


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_what_is_seen_firing_after_it_fires(order: tuple[int, ...]) -> None:
    bodies = [FIRST, ENDED, body(an_alert("B"), when=11)]

    state = folded(*(bodies[index] for index in order))

    assert [state.alerts[one].firing for one in (A, B)] == [False, True]
    assert state.firing == 1


def test_it_ends_once_however_often_it_comes() -> None:
    once, twice = folded(FIRST, ENDED), folded(FIRST, ENDED, ENDED, FIRST)

    assert once.alerts == twice.alerts
    assert (once.firing, once.pending) == (twice.firing, twice.pending)


def test_alerts_of_other_senders_are_left_to_them() -> None:
    theirs = body(an_alert("B"), when=1, sender="other")

    assert folded(FIRST, theirs, ENDED).alerts[B].firing
    assert folded(body(an_alert("B"), when=0, sender=""), ENDED).alerts[B].firing


def test_a_full_body_or_one_without_a_sender_ends_nothing_else() -> None:
    assert folded(FIRST, replace(ENDED, all_ended=False)).alerts[B].firing
    unknown = [replace(one, sender_group="") for one in (FIRST, ENDED)]
    assert folded(*unknown).alerts[B].firing


def test_what_was_given_up_as_stale_is_shown_as_resolved() -> None:
    story = Story().fire("A", "B")
    story.notify_all()
    story.see(an_alert("A"), when=Instant(story.now + 1)).wait(minutes(6))
    story.notify_all()
    story.see(a_resolve("A", ends=story.now), all_ended=True)

    edit, *_ = story.notify_all()
    assert edit.reason is Reason.ALL_RESOLVED
    assert story.state.closed
