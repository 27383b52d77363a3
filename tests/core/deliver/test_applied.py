"""What an accepted call leaves behind: what was shown, the event, and the reply that it calls for."""

from dataclasses import replace

import pytest

from router.core.engine import leave
from router.core.model.alert import AlertId
from router.core.model.alert_state import AlertState, LastShown, ShownState
from router.core.model.event import MAX_SHOWN, Event, EventKind, Shown
from router.core.model.group import AlertGroup, MessageRef
from router.core.model.key import GroupKey
from router.core.model.operation import Op, Reason
from router.core.model.registers import Registers
from router.core.model.rules.names import ReceiverName
from router.core.slack.answer import Accepted, HoldScope, Limited
from tests.bounds import tries
from tests.core.builders import START, Story, a_resolve, an_alert, at, hours, minutes, seconds
from tests.core.decide.test_decide import A, B, notified


def test_the_event_of_a_call_has_all_that_is_known_of_it() -> None:
    story = Story().fire("A", "B").wait(seconds(1)).look()
    story.notify(Limited(seconds(7), HoldScope.CHANNEL))
    story.wait(seconds(7))
    made = story.begin()
    story.wait(seconds(2))
    story.finish(made, Accepted("C9", "9.9"))

    event = story.events[-1]
    assert event.shown is not None
    assert {last.state for last in event.shown.alerts.values()} == {ShownState.FIRING}
    assert (event.shown.key, event.shown.worst) == (story.state.key, story.state.worst_shown)
    assert replace(event, shown=None) == Event(
        EventKind.SENT,
        Reason.FIRST,
        Op.POST,
        notification="d2",
        notified=2,
        message=MessageRef("C9", "9.9"),
        attempts=2,
        received_at=START,
        decided_at=at(seconds(8)),
        delivered_at=at(seconds(10)),
    )


def test_an_event_shows_each_alert_as_the_message_does() -> None:
    story = notified("A", "B").wait(minutes(1)).end("A")
    story.notify()

    shown = story.events[-1].shown
    assert shown is not None
    assert shown.alerts == {one: alert.last_shown for one, alert in story.state.alerts.items()}
    assert sorted(last.state for last in shown.alerts.values()) == [ShownState.FIRING, ShownState.RESOLVED]


@tries("alerts of which an event notes what was shown")
def test_an_event_notes_so_many_alerts_those_that_fire_first(beyond: int) -> None:
    fires = LastShown(ShownState.FIRING, Registers(start=START))
    ended = LastShown(ShownState.RESOLVED, Registers(end=START))
    states = [ended, ended, *[fires] * (MAX_SHOWN + beyond - 2)]
    alerts = {AlertId(str(number)): AlertState(last_shown=one) for number, one in enumerate(states)}

    shown = Shown.of(AlertGroup(GroupKey(ReceiverName("all"), (), ()), alerts=alerts))

    assert (len(shown.alerts), shown.left_out) == (MAX_SHOWN + min(beyond, 0), max(beyond, 0))
    assert sum(one is fires for one in shown.alerts.values()) == len(states) - 2


def test_the_event_of_a_reply_names_the_message_that_it_is_under() -> None:
    story = notified("A").wait(minutes(1)).fire("B")
    story.notify_all()

    event = story.events[-1]
    assert (event.outcome, event.message, event.notified) == (Op.REPLY_BROADCAST, story.state.message, 0)


def test_the_worst_that_was_ever_shown_is_not_forgotten_when_only_the_rest_fires() -> None:
    story = Story().fire("A", severity="critical").fire("B", severity="warning")
    story.notify_all()
    story.wait(minutes(1)).end("A")
    story.notify_all()

    assert story.state.worst_shown == 0


@pytest.mark.parametrize(("ends", "posts_again"), [(True, False), (False, True)])
def test_a_reply_without_its_thread_leads_to_a_new_message_while_anything_fires(
    *, ends: bool, posts_again: bool
) -> None:
    story = notified("A").wait(minutes(1))
    story = story.end("A") if ends else story.fire("B")
    story.notify()

    story.notify(Accepted("C1", "r", threaded=False))

    assert story.state.message is None
    assert story.state.refresh_due is posts_again
    assert Op.POST in [one.op for one in story.notify_all()] or not posts_again


def test_what_has_nothing_left_to_report_is_not_stored_once_more() -> None:
    """An alert that did not change must stay the same object: only what changed is written."""
    story = notified("A", "B").wait(minutes(1)).end("B")
    story.notify()
    before = story.state.alerts[A]

    story.notify()

    assert story.state.alerts[A] is before


def test_what_left_during_a_call_keeps_its_mark_and_the_rest_is_shown() -> None:
    story = Story().fire("A", "B").look()
    made = story.begin()
    story.take(leave(story.state, frozenset({A}), story.now))

    story.finish(made)

    states = {name: alert.last_shown.state for name, alert in story.state.alerts.items()}
    assert states == {A: ShownState.REROUTED, B: ShownState.FIRING}


def test_a_repeat_is_named_in_its_reply_also_when_something_ends_with_it() -> None:
    story = notified("A", "B").wait(hours(4)).see(an_alert("A", starts=START), truncated=True)
    assert story.notify().reason is Reason.REPEAT
    story.wait(minutes(1)).see(a_resolve("B", ends=story.now), truncated=True)
    story.notify()

    assert story.state.pending_reply is not None
    assert (story.state.pending_reply.op, story.state.pending_reply.reason) == (Op.REPLY_BROADCAST, Reason.REPEAT)


def test_a_repeat_that_waits_and_after_which_all_has_ended_is_an_end() -> None:
    story = notified("A").wait(hours(4)).see(an_alert("A", starts=START), truncated=True)
    story.notify()
    story.wait(minutes(1)).end("A")
    story.notify()

    assert story.state.pending_reply is not None
    assert (story.state.pending_reply.op, story.state.pending_reply.reason) == (Op.REPLY_THREAD, Reason.ALL_RESOLVED)


def test_a_new_alert_beside_a_waiting_repeat_is_what_the_reply_is_about() -> None:
    story = notified("A").wait(hours(4)).see(an_alert("A", starts=START), truncated=True)
    story.notify()
    story.wait(minutes(1)).fire("B")
    story.notify()

    assert story.state.pending_reply is not None
    assert story.state.pending_reply.reason is Reason.NEW_ALERTS


def test_only_what_an_edit_shows_as_new_is_reported_in_the_thread() -> None:
    story = notified("A").wait(minutes(1)).fire("B")
    story.notify()

    unreplied = {name: alert.unreplied for name, alert in story.state.alerts.items()}
    assert unreplied == {A: ShownState.NOTHING, B: ShownState.FIRING}


def test_an_alert_whose_flap_an_edit_shows_is_reported_although_it_looks_the_same() -> None:
    story = notified("A", "B").wait(minutes(1)).end("A").wait(seconds(1)).fire("A")
    story.notify()

    assert story.state.alerts[AlertId("A")].unreplied is ShownState.FIRING


def test_one_alert_that_fires_is_enough_for_a_new_message() -> None:
    story = notified("A").wait(hours(4)).see(an_alert("A", starts=START), truncated=True)
    story.notify()

    story.notify(Accepted("C1", "r", threaded=False))

    assert story.state.refresh_due is True
