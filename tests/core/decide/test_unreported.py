"""What its sender leaves out may burn on: an edit shows it as not reported, and its group stays open."""

import pytest

from router.core.decide.sight import out_of_sight
from router.core.fold.missing import GRACE
from router.core.model.alert import AlertId
from router.core.model.alert_state import ShownState
from router.core.model.group import AlertGroup
from router.core.model.instant import NEVER
from router.core.model.operation import Op, Reason
from router.core.model.rules.receiver import OnChange
from router.core.slack.answer import Gone, Uneditable
from tests.core.builders import START, Story, a_policy, a_receiver, a_resolve, an_alert, at, hours, minutes, seconds

A, B = AlertId("A"), AlertId("B")
FIRING, UNREPORTED = ShownState.FIRING, ShownState.UNREPORTED


def left_out(*, on_change: OnChange = OnChange.THREAD) -> Story:
    """A and B fired and were shown; B has been missing from newer bodies for five minutes."""
    story = Story(a_policy(a_receiver(on_change=on_change)))
    story.fire("A", "B").notify_all()
    story.wait(minutes(1)).see(an_alert("A", starts=START)).wait(GRACE)
    return story


def unreported(*, on_change: OnChange = OnChange.THREAD) -> Story:
    """The same, shown."""
    story = left_out(on_change=on_change)
    story.notify_all()
    return story


@pytest.mark.parametrize("on_change", list(OnChange))
def test_what_is_left_out_for_5_minutes_is_shown_by_an_edit_alone(on_change: OnChange) -> None:
    [made] = left_out(on_change=on_change).notify_all()
    assert (made.op, made.reason) == (Op.EDIT, Reason.UNREPORTED)
    assert made.shown == {A: FIRING, B: UNREPORTED}


def test_it_counts_as_neither_firing_nor_resolved_and_keeps_the_group_open() -> None:
    story = unreported()
    changes = story.sums["changes"]
    assert (story.state.firing, story.state.unreported) == (1, 1)
    story.end("A").notify_all()
    assert (story.state.firing, story.state.unreported) == (0, 1)
    assert not story.state.closed
    assert story.sums["changes"] == changes + 1


def test_the_end_of_all_others_is_not_the_end_of_all() -> None:
    story = unreported().wait(minutes(1)).end("A")
    edit, reply = story.notify_all()
    assert (edit.op, edit.reason) == (Op.EDIT, Reason.SOME_RESOLVED)
    assert (reply.op, reply.shown) == (Op.REPLY_THREAD, {A: ShownState.RESOLVED})


@pytest.mark.parametrize("on_change", list(OnChange))
def test_seen_again_with_the_same_start_it_is_an_edit_of_the_same_message(on_change: OnChange) -> None:
    story = unreported(on_change=on_change)
    message, changes = story.state.message, story.sums["changes"]
    story.wait(minutes(1)).see(an_alert("A", starts=START), an_alert("B", starts=START))
    [made] = story.notify_all()
    assert (made.op, made.reason, made.shown) == (Op.EDIT, Reason.REPORTED_AGAIN, {A: FIRING, B: FIRING})
    assert story.state.message == message
    assert (story.state.firing, story.state.unreported) == (2, 0)
    assert story.sums["changes"] == changes


def test_one_that_has_begun_once_more_is_news() -> None:
    story = unreported().wait(minutes(1))
    story.see(an_alert("A", starts=START), an_alert("B", starts=story.now))
    edit, reply = story.notify_all()
    assert edit.reason is Reason.NEW_ALERTS
    assert (reply.op, reply.shown) == (Op.REPLY_BROADCAST, {B: FIRING})


def test_its_resolve_ends_it_as_ever() -> None:
    story = unreported().wait(minutes(1)).end("B")
    edit, reply = story.notify_all()
    assert (edit.reason, edit.shown) == (Reason.SOME_RESOLVED, {A: FIRING, B: ShownState.RESOLVED})
    assert (reply.op, reply.shown) == (Op.REPLY_THREAD, {B: ShownState.RESOLVED})
    story.wait(minutes(1)).end("A")
    assert story.notify().reason is Reason.ALL_RESOLVED
    story.notify_all()
    assert story.state.closed


def test_seen_again_and_resolved_before_that_was_shown_it_is_one_end() -> None:
    story = unreported().wait(seconds(1))
    story.see(an_alert("A", starts=START), an_alert("B", starts=START)).wait(seconds(1)).end("B")
    edit, _ = story.notify_all()
    assert edit.shown == {A: FIRING, B: ShownState.RESOLVED}


def test_only_stale_after_closes_it() -> None:
    story = unreported().wait(minutes(1)).end("A")
    story.notify_all()
    assert story.due == at(hours(12) + 1)
    edit = story.notify()
    assert (edit.reason, edit.shown[B]) == (Reason.STALE, ShownState.STALE)
    story.notify_all()
    assert story.state.closed


def test_a_new_alert_beside_it_reopens_nothing() -> None:
    story = unreported().wait(minutes(1)).end("A")
    story.notify_all()
    story.wait(minutes(1)).fire("C")
    edit, reply = story.notify_all()
    assert not edit.reopens
    assert not reply.mentions
    assert story.state.reopened == 0


def test_it_is_not_repeated() -> None:
    story = unreported().wait(minutes(1)).end("A")
    story.notify_all()
    story.wait(hours(5))
    assert story.due > story.now


def test_a_message_that_takes_no_edits_is_not_answered_for_it() -> None:
    story = Story().fire("A", "B")
    story.notify_all()
    story.wait(minutes(1)).fire("C").look()
    story.finish(story.begin(), Uneditable("edit_window_closed"))
    story.notify_all()
    story.wait(minutes(1)).see(an_alert("A", starts=START), an_alert("C", starts=at(minutes(1)))).wait(GRACE)
    assert story.notify_all() == []
    assert not out_of_sight(story.state, story.policy.timing, story.now)
    assert story.due > story.now


def test_without_its_message_it_is_given_up_and_comes_back_as_new() -> None:
    story = unreported().wait(minutes(1)).end("A").look()
    story.finish(story.begin(), Gone("message_not_found"))
    story.notify_all()
    assert story.state.closed
    story.wait(minutes(1)).see(an_alert("B", starts=START))
    assert story.notify().op is Op.POST


def test_what_is_seen_again_during_the_call_is_shown_afterwards() -> None:
    story = left_out().look()
    made = story.begin()
    story.wait(seconds(1)).see(an_alert("A", starts=START), an_alert("B", starts=START))
    story.finish(made)
    [again] = story.notify_all()
    assert (again.op, again.reason) == (Op.EDIT, Reason.REPORTED_AGAIN)
    assert story.state.unreported == 0


def test_a_record_that_is_read_again_does_not_bring_it_back() -> None:
    story = unreported().see(an_alert("A", starts=START), an_alert("B", starts=START), when=START)
    assert story.state.unreported == 1
    assert story.notify_all() == []


def test_it_ends_with_a_resolve_that_was_observed_before_it_was_missed() -> None:
    story = unreported().see(a_resolve("B", ends=at(seconds(40))), when=at(seconds(50)), truncated=True)
    edit, _ = story.notify_all()
    assert edit.shown[B] is ShownState.RESOLVED


def test_a_group_with_nothing_else_is_not_closed() -> None:
    group = AlertGroup(Story().state.key, unreported=1)
    assert not group.closed
    assert group.phase.due == NEVER
