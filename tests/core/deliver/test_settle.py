"""Every answer of Slack leads on to one state, and nothing counts as notified that was not shown."""

from dataclasses import replace

import pytest

from router.core.decide.give_way import give_way
from router.core.deliver.settle import lapse, settle
from router.core.model.alert import AlertId
from router.core.model.alert_state import ShownState
from router.core.model.event import EventKind
from router.core.model.group import MessageRef
from router.core.model.instant import MILLISECOND, NEVER, Instant
from router.core.model.ledger import Suppressed
from router.core.model.operation import Method, Op, Reason
from router.core.model.phase import Idle, Parked, Queued, Rank, Uncertain, Waiting, tries_of
from router.core.model.rules.receiver import OnChange
from router.core.model.transition import Transition
from router.core.slack.answer import (
    Accepted,
    Ambiguous,
    Answer,
    ChannelDead,
    Gone,
    HoldScope,
    Limited,
    Refused,
    TokenDead,
    Unanswerable,
    Uneditable,
    Unreached,
    name,
)
from tests.core.builders import START, Story, a_policy, a_receiver, a_timing, an_alert, at, hours, minutes, seconds
from tests.core.decide.test_decide import notified

A, B = AlertId("A"), AlertId("B")
LIMITED = Limited(seconds(7), HoldScope.CHANNEL)


def lapsed(story: Story) -> Story:
    """The lease of the call in flight runs out."""
    story.now = max(story.now, story.due)
    story.take(lapse(story.state, story.sending, story.policy, story.now))
    return story


def changed() -> Story:
    """A notified story with a new alert, whose edit stands in the lane."""
    return notified("A").wait(minutes(1)).fire("B").look()


def replying() -> Story:
    """A notified story whose edit was accepted and whose broadcast stands in the lane."""
    story = changed()
    story.notify()
    assert story.state.pending_reply is not None
    assert story.state.pending_reply.op is Op.REPLY_BROADCAST
    return story


# A claim


def test_a_claim_stores_the_call_before_it_is_made() -> None:
    story = Story().fire("A").look()
    made = story.begin()
    assert story.sending.lease == made.lease
    assert story.due == made.lease.until == story.now + story.policy.times.lease
    assert story.state.sends == 1
    assert story.state.pending == 1


# Accepted


def test_an_accepted_post_is_where_it_is_shown_from_then_on() -> None:
    story = Story().fire("A")
    story.notify()
    assert story.state.message == MessageRef("C1", "1.0")
    assert (story.state.notified_at, story.state.last_reason) == (START, Reason.FIRST)
    assert isinstance(story.state.phase, Idle)
    (event,) = story.events
    assert (event.kind, event.notified, event.outcome) == (EventKind.SENT, 1, "post")
    assert (event.received_at, event.decided_at, event.delivered_at) == (START, START, START)


def test_what_is_folded_during_a_call_is_shown_by_the_next() -> None:
    story = Story().fire("A").look()
    made = story.begin()
    story.wait(seconds(1)).fire("B").end("A")
    story.finish(made)
    assert story.phase is Waiting
    assert story.state.pending == 2
    assert story.state.alerts[A].pending_since == at(seconds(1))
    notification = story.notify()
    assert notification.shown == {A: ShownState.RESOLVED, B: ShownState.FIRING}
    assert story.sums["notified"] == 3
    assert story.sums["changes"] == 3


def test_what_ends_and_fires_again_during_a_call_is_shown_again() -> None:
    story = Story().fire("A").look()
    made = story.begin()
    story.wait(seconds(1)).end("A").wait(seconds(1)).fire("A")
    story.finish(made)
    assert story.state.pending == 1
    assert story.notify().reason is Reason.NEW_ALERTS


# Not done


@pytest.mark.parametrize(("answer", "pause"), [(LIMITED, seconds(7)), (Unreached("dns"), seconds(1))])
def test_what_was_not_done_goes_back_to_the_lane_as_old_as_it_was(answer: Answer, pause: int) -> None:
    story = Story().fire("A").wait(seconds(3)).look()
    story.finish(story.begin(), answer)
    assert story.phase is Queued
    assert story.queued.tries.since == START
    assert story.lane_at == story.now + pause
    assert story.queued.tries.failed == 1
    assert story.sums.get("notified", 0) == 0
    assert story.sums.get("possible_repeats", 0) == 0


def test_backoff_grows_and_ends_at_a_minute() -> None:
    story, pauses = Story().fire("A").look(), []
    for _ in range(9):
        story.finish(story.begin(), Unreached("dns"))
        pauses.append(story.lane_at - story.now)
    assert pauses == [seconds(s) for s in (1, 2, 4, 8, 16, 32, 60, 60, 60)]


@pytest.mark.parametrize("answer", [Unreached("dns"), Ambiguous("timeout")])
def test_a_failed_edit_waits_by_itself_and_longer_each_time_and_frees_its_lane(answer: Answer) -> None:
    story, pauses = changed(), []
    for _ in range(8):
        story.finish(story.begin(), answer)
        assert (story.phase, story.lane_at) == (Waiting, NEVER)
        pauses.append(story.due - story.now)
        story.look()
    assert pauses == [seconds(s) for s in (1, 2, 4, 8, 16, 32, 60, 60)]


def test_what_is_urgent_waits_for_a_failed_edit_too() -> None:
    story = changed()
    story.finish(story.begin(), Ambiguous("timeout"))
    due = story.due

    story.wait(MILLISECOND).fire("C", severity="critical").end("A", "B", "C")

    assert story.due == due
    assert story.notify().shown == dict.fromkeys((A, B, AlertId("C")), ShownState.RESOLVED)


def test_what_waits_is_left_alone_before_its_time_whoever_found_it_due() -> None:
    story = changed()
    story.finish(story.begin(), Ambiguous("timeout"))
    waits = story.state

    story.wait(MILLISECOND).step()

    assert replace(story.state, rev=waits.rev) == waits


def test_what_gives_way_to_others_after_a_failed_edit_is_brought_forward_by_what_is_urgent() -> None:
    story = changed()
    story.finish(story.begin(), Ambiguous("timeout"))
    story.look()
    until = Instant(story.now + minutes(2))
    story.take(give_way(story.state, until, story.now))
    assert (story.due, tries_of(story.state.phase).since) == (until, START + minutes(1))

    story.wait(MILLISECOND).end("A", "B")

    assert story.due <= story.now


def test_a_new_message_that_comes_before_it_does_not_wait_for_a_failed_edit() -> None:
    story = notified("A", on_change=OnChange.POST, send_resolved=False).wait(minutes(1)).end("A").look()
    made = story.begin()
    assert made.notification.op is Op.EDIT
    story.wait(seconds(1)).fire("B")

    story.finish(made, Ambiguous("timeout"))

    assert story.decide().op is Op.POST


def test_success_forgets_the_attempts() -> None:
    story = Story().fire("A")
    story.notify(Unreached("dns"))
    story.notify()
    assert tries_of(story.state.phase).failed == 0


# Ambiguous


@pytest.mark.parametrize("how", ["answer", "lease"])
def test_an_ambiguous_post_that_is_not_found_is_made_again_and_counted(how: str) -> None:
    story = Story().fire("A").look()
    made = story.begin()
    _ = story.finish(made, Ambiguous("timeout")) if how == "answer" else lapsed(story)
    assert story.phase is Uncertain
    assert story.due == story.now + story.policy.times.ambiguous_wait
    assert story.sums.get("possible_repeats", 0) == 0
    story.ask(Gone("not_in_history"))
    assert story.due == story.now
    assert story.sums["possible_repeats"] == 1
    assert story.state.refresh_due is True
    assert tries_of(story.state.phase).failed == 1
    assert story.notify().op is Op.POST


def test_an_ambiguous_post_of_what_has_ended_since_is_made_again_all_the_same() -> None:
    story = Story().fire("A").look()
    story.finish(story.begin(), Ambiguous("timeout"))
    story.wait(seconds(1)).end("A").ask(Gone("not_in_history"))
    notification = story.notify()
    assert (notification.op, notification.shown) == (Op.POST, {A: ShownState.RESOLVED})


@pytest.mark.parametrize("how", ["answer", "lease"])
def test_an_ambiguous_edit_is_shown_again_and_is_no_repeat(how: str) -> None:
    story = changed()
    made = story.begin()
    _ = story.finish(made, Ambiguous("timeout")) if how == "answer" else lapsed(story)
    assert story.phase is Waiting
    assert story.sums.get("possible_repeats", 0) == 0
    assert story.notify().op is Op.EDIT


def test_an_ambiguous_broadcast_is_replied_again_and_counted() -> None:
    story = replying()
    story.notify(Ambiguous("timeout"))
    assert story.due == story.now + story.policy.times.ambiguous_wait
    story.ask(Gone("not_in_history"))
    assert story.sums["possible_repeats"] == 1
    assert story.notify().op is Op.REPLY_BROADCAST
    assert isinstance(story.state.phase, Idle)


def test_an_ambiguous_plain_reply_is_not_repeated() -> None:
    story = notified("A").wait(minutes(1)).end("A")
    story.notify()
    assert story.state.pending_reply is not None
    assert story.state.pending_reply.op is Op.REPLY_THREAD
    story.notify(Ambiguous("timeout"))
    assert isinstance(story.state.phase, Idle)
    assert story.state.pending_reply is None


# An edit that may be carried out late


def test_an_edit_that_nobody_could_judge_is_shown_once_more_when_it_can_no_longer_win() -> None:
    story = changed()
    story.notify(Ambiguous("timeout"))
    until = story.now + story.policy.times.longest_call
    story.notify_all()
    assert story.due == until, "before anything else is due"

    story.look()
    assert story.now == until
    assert (story.decide().op, story.decide().reason) == (Op.EDIT, Reason.REFRESH)
    story.notify_all()

    assert story.state.refresh_at == NEVER
    assert story.due > until


def test_a_message_that_has_ended_is_shown_once_more_too() -> None:
    story = notified("A").wait(minutes(1)).end("A")
    story.notify(Ambiguous("timeout"))
    story.notify_all()
    assert story.state.closed

    story.look()

    assert story.notify().shown == {A: ShownState.RESOLVED}
    assert (story.due, story.state.closed) == (NEVER, True)


def test_an_edit_after_that_time_makes_up_for_it() -> None:
    story = changed()
    story.notify(Ambiguous("timeout"))
    story.notify_all()

    story.wait(story.policy.times.longest_call).fire("C")
    story.notify_all()

    assert story.state.refresh_at == NEVER


def test_an_edit_whose_lease_ran_out_may_be_carried_out_late_too() -> None:
    story = changed()
    story.begin()

    lapsed(story)

    assert story.state.refresh_at == story.now + story.policy.times.longest_call


def test_a_call_whose_lease_still_runs_is_left_alone_whoever_made_its_group_due() -> None:
    story = changed()
    story.begin()
    before = story.state

    story.take(lapse(story.state, story.sending, story.policy, story.now))

    assert replace(story.state, rev=before.rev) == before


# Neither edited nor answered


def test_where_slack_edits_a_message_no_more_its_end_is_a_broadcast() -> None:
    story = notified("A").wait(minutes(1)).end("A")
    message = story.state.message
    story.notify(Uneditable("edit_window_closed"))

    notification = story.notify()

    assert (notification.op, notification.reason) == (Op.REPLY_FOR_EDIT, Reason.ALL_RESOLVED)
    assert notification.shown == {A: ShownState.RESOLVED}
    assert (story.state.message, story.state.closed, story.state.pending_reply) == (message, True, None)
    assert story.sums["notified"] == 2


def test_what_changes_later_goes_on_in_the_thread_without_another_try() -> None:
    story = changed()
    story.notify(Uneditable("cant_update_message"))
    story.notify()

    for change in (story.wait(minutes(1)).fire("C"), story.wait(minutes(1)).end("A")):
        assert change.notify().op is Op.REPLY_FOR_EDIT

    assert story.state.takes_no_edits
    assert story.state.message == MessageRef("C1", "1.0")


def test_a_broadcast_in_place_of_an_edit_ranks_as_what_it_shows() -> None:
    story = notified("A").wait(minutes(1)).end("A")
    story.notify(Uneditable("edit_window_closed"))

    assert isinstance(story.state.phase, Queued)
    assert (story.state.phase.rank, story.state.phase.lane.method) == (Rank.URGENT, Method.POST)


def test_a_broadcast_whose_parent_is_gone_is_the_message_from_then_on() -> None:
    story = changed()
    story.notify(Uneditable("edit_window_closed"))

    story.notify(Accepted("C1", "9.9", threaded=False))

    assert (story.state.message, story.state.takes_no_edits) == (MessageRef("C1", "9.9"), False)


def test_a_new_message_is_edited_again() -> None:
    story = notified("A").wait(minutes(1)).end("A")
    story.notify(Uneditable("edit_window_closed"))
    story.notify_all()

    story.wait(hours(1)).fire("A")

    assert story.notify().op is Op.POST
    assert not story.state.takes_no_edits
    assert story.wait(minutes(1)).fire("B").notify().op is Op.EDIT


def test_where_no_end_is_to_be_sent_it_stands_in_the_thread_alone() -> None:
    story = notified("A", send_resolved=False).wait(minutes(1)).end("A")
    story.notify(Uneditable("edit_window_closed"))

    assert story.notify().op is Op.THREAD_FOR_EDIT
    assert story.state.closed


def test_a_message_that_takes_no_edits_is_not_shown_once_more() -> None:
    story = changed()
    story.notify(Ambiguous("timeout"))
    story.notify(Uneditable("edit_window_closed"))
    story.notify()
    assert story.state.refresh_at == NEVER

    story.take(Transition(replace(story.state, refresh_due=True, phase=Waiting(story.now))))
    story.look()

    assert (story.phase, story.state.refresh_due) == (Idle, False)


def test_a_reply_without_its_parent_leaves_nothing_to_be_shown_late() -> None:
    story = notified("A").wait(minutes(1)).end("A")
    story.notify(Ambiguous("timeout"))
    story.notify()
    story.notify(Accepted("C1", "r", threaded=False))

    assert (story.state.message, story.state.refresh_at, story.due) == (None, NEVER, NEVER)


def test_where_neither_is_possible_there_is_a_new_message_also_for_an_end() -> None:
    story = notified("A").wait(minutes(1)).end("A")
    story.notify(Uneditable("edit_window_closed"))
    story.notify(Unanswerable("restricted_action_thread_locked"))

    notification = story.notify()

    assert (notification.op, notification.shown) == (Op.POST, {A: ShownState.RESOLVED})
    assert story.state.closed


@pytest.mark.parametrize("answers", [(Unanswerable("restricted_action_thread_locked"),), (Refused("no"),) * 2])
def test_a_reply_that_can_never_be_made_is_left_out_and_named(answers: tuple[Answer, ...]) -> None:
    story = replying()

    for answer in answers:
        story.notify(answer)

    assert not isinstance(story.state.phase, Parked)
    assert (story.state.pending_reply, story.state.use_plain_text) == (None, False)
    event = story.events[-1]
    assert (event.kind, event.reason) == (EventKind.SUPPRESSED, "reply_refused")


# Gone


def test_a_lost_message_is_posted_again_if_anything_fires() -> None:
    story = changed()
    old = story.state.message
    story.notify(Gone("message_not_found"))
    assert story.phase is Queued
    notification = story.notify()
    assert (notification.op, notification.shown) == (Op.POST, {A: ShownState.FIRING, B: ShownState.FIRING})
    assert story.state.message not in {None, old}


def test_a_lost_message_about_what_has_ended_is_let_go_with_its_reason() -> None:
    story = notified("A").wait(minutes(1)).end("A")
    story.notify(Gone("message_not_found"))
    assert story.state.closed
    assert story.state.message is None
    assert story.sums["suppressed:message_gone"] == 1
    assert story.state.refresh_due is False
    assert story.state.worst_shown is None
    assert all(alert.pending_since == NEVER for alert in story.state.alerts.values())
    event = story.events[-1]
    assert (event.kind, event.reason) == (EventKind.SUPPRESSED, Suppressed.MESSAGE_GONE)
    assert (event.outcome, event.decided_at) == ("suppressed", story.now)


def test_a_lost_message_does_not_revive_a_given_up_alert() -> None:
    story = notified("A", "B").wait(hours(11)).see(an_alert("B", starts=START), truncated=True)
    story.notify_all()
    story.look()
    assert story.decide().reason is Reason.STALE
    story.notify_all()
    story.wait(minutes(1)).end("B")
    story.notify(Gone("message_not_found"))
    assert story.state.closed


def test_after_a_lost_message_the_group_starts_over() -> None:
    story = notified("A").wait(minutes(1)).end("A")
    story.notify(Gone("message_not_found"))
    story.wait(minutes(1)).fire("A")
    notification = story.notify()
    assert (notification.op, notification.reason, notification.reopens) == (Op.POST, Reason.FIRST, False)


def test_a_new_message_after_a_lost_one_is_no_longer_plain() -> None:
    story = changed()
    story.notify(Refused("invalid_blocks"))
    assert story.state.use_plain_text
    story.notify(Gone("message_not_found"))
    assert story.state.use_plain_text is False


def test_a_reply_whose_parent_is_gone_leads_to_a_new_message() -> None:
    story = replying()
    story.notify(Accepted("C1", "r", threaded=False))
    assert story.state.message is None
    assert story.notify().op is Op.POST


# Refused, dead


def test_a_refused_message_is_sent_plain_and_then_parked() -> None:
    story = Story().fire("A")
    story.notify(Refused("invalid_blocks"))
    assert story.state.use_plain_text
    story.notify(Refused("invalid_blocks"))
    assert story.phase is Parked
    assert story.parked.reason == "refused:invalid_blocks"
    event = story.events[-1]
    assert (event.kind, event.reason, event.outcome) == (EventKind.PARKED, "refused:invalid_blocks", "parked")
    assert (event.attempts, event.decided_at) == (story.parked.tries.failed, story.now)


def test_a_plain_message_that_is_accepted_ends_plainness() -> None:
    story = Story().fire("A")
    story.notify(Refused("invalid_blocks"))
    story.notify()
    assert not story.state.use_plain_text


def picturing() -> Story:
    """A story about to be shown with a picture."""
    story = Story().fire("A")
    content = story.state.alerts[A].content
    assert content is not None
    pictured = replace(story.state.alerts[A], content=replace(content, links={"image": "https://x.example/a.png"}))
    story.state = replace(story.state, alerts={A: pictured})
    return story


def test_a_message_refused_with_a_picture_is_sent_without_then_plain_and_then_parked() -> None:
    story = picturing()
    story.notify(Refused("invalid_attachments"))
    assert (story.state.without_extras, story.state.use_plain_text) == (True, False)
    story.notify(Refused("invalid_attachments"))
    assert (story.state.without_extras, story.state.use_plain_text) == (True, True)
    story.notify(Refused("invalid_attachments"))
    assert story.phase is Parked


def test_pictures_stay_away_from_the_message_that_was_refused_with_them() -> None:
    story = picturing()
    story.notify(Refused("invalid_attachments"))
    story.notify()
    assert story.state.message is not None
    story.wait(minutes(1)).fire("B")
    story.notify()
    assert story.state.without_extras


def test_a_new_message_tries_pictures_again() -> None:
    story = picturing()
    story.notify(Refused("invalid_attachments"))
    story.notify()
    story.wait(minutes(1)).end("A")
    story.notify()
    story.notify()
    story.wait(hours(2)).fire("A")
    assert story.notify().op is Op.POST
    assert not story.state.without_extras


def test_a_reply_has_no_pictures_and_is_sent_plain_at_once() -> None:
    story = picturing()
    story.notify()
    story.wait(minutes(1)).fire("B")
    story.notify()
    assert story.state.pending_reply is not None
    story.notify(Refused("invalid_blocks"))
    assert (story.state.without_extras, story.state.use_plain_text) == (False, True)


@pytest.mark.parametrize("where", ["generator_url", "annotations", "links"])
def test_a_message_refused_with_a_link_is_sent_without_buttons(where: str) -> None:
    story = Story().fire("A")
    content = story.state.alerts[A].content
    assert content is not None
    url = "https://x.example"
    linked = {"generator_url": url, "annotations": {"runbook": url}, "links": {"silence": url}}[where]
    alert = replace(story.state.alerts[A], content=replace(content, **{where: linked}))  # type: ignore[arg-type]
    story.state = replace(story.state, alerts={A: alert})
    story.notify(Refused("invalid_attachments"))
    assert (story.state.without_extras, story.state.use_plain_text) == (True, False)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (ChannelDead("is_archived"), "channel_dead:is_archived"),
        (TokenDead("token_revoked"), "token_dead:token_revoked"),
    ],
)
def test_what_only_a_person_can_fix_is_parked_and_tried_again(answer: Answer, reason: str) -> None:
    story = Story().fire("A")
    story.notify(answer)
    assert [story.phase, story.parked.reason] == [Parked, reason]
    assert story.due == story.now + story.policy.times.park_retry
    story.wait(minutes(1)).fire("B")
    assert story.phase is Parked
    assert story.sums["pending"] == 2, "it goes on folding"
    story.notify(answer)
    assert [event.kind for event in story.events] == [EventKind.PARKED], "shown once for each reason"
    assert story.notify().shown == {A: ShownState.FIRING, B: ShownState.FIRING}
    assert isinstance(story.state.phase, Idle)


# Lost leases


def test_a_late_yes_to_a_post_is_adopted_while_nobody_has_gone_on() -> None:
    story = Story().fire("A").look()
    made = story.begin()
    lapsed(story)
    story.finish(made, Accepted("C1", "9.9"))
    assert story.state.message == MessageRef("C1", "9.9")
    assert isinstance(story.state.phase, Idle)
    assert story.sums["notified"] == 1


def test_a_late_yes_to_an_edit_shows_the_newest_state_again() -> None:
    story = changed()
    late = story.begin()
    lapsed(story)
    story.wait(seconds(1)).end("B")
    story.notify()
    story.notify_all()
    story.finish(late)
    assert story.due == story.now
    notification = story.notify()
    assert (notification.op, notification.reason) == (Op.EDIT, Reason.REFRESH)
    assert notification.shown == {A: ShownState.FIRING, B: ShownState.RESOLVED}
    assert isinstance(story.state.phase, Idle)


def test_an_edit_that_lands_late_during_a_newer_call_is_shown_over() -> None:
    story = changed()
    late = story.begin()
    lapsed(story)
    story.wait(seconds(1)).end("A", "B")
    newer = story.look().begin()  # Slack takes it before the late one, and answers the late one first
    story.finish(late)
    story.finish(newer)
    assert Reason.REFRESH in [notification.reason for notification in story.notify_all()]


def test_an_edit_that_lands_late_while_a_reply_queues_is_shown_over() -> None:
    story = changed()
    late = story.begin()
    lapsed(story)
    story.notify()
    assert story.phase is Queued
    story.finish(late)
    assert Reason.REFRESH in [notification.reason for notification in story.notify_all()]


def test_a_late_no_to_a_post_lets_it_be_made_again_at_once() -> None:
    story = Story().fire("A").look()
    made = story.begin()
    lapsed(story)
    assert story.due > story.now
    story.finish(made, LIMITED)
    assert story.phase is Queued
    assert story.sums.get("possible_repeats", 0) == 0


def test_a_late_answer_to_an_edit_shows_once_more_what_has_ended() -> None:
    story = notified("A").wait(minutes(1)).end("A").look()
    made = story.begin()
    lapsed(story)
    story.notify_all()
    assert not story.state.firing
    story.finish(made, LIMITED)
    assert (story.due, story.state.refresh_due) == (story.now, True)


def test_a_late_answer_posts_nothing_where_nothing_is_left_to_notify() -> None:
    story = notified("A").wait(minutes(1)).end("A").look()
    late = story.begin()
    lapsed(story)
    story.notify(Gone("message_not_found"))
    assert story.state.closed
    before = story.state
    story.take(settle(story.state, late, Gone("message_not_found"), story.policy, story.now))
    assert story.state == before
    assert not story.notify_all()


# Replies


def test_a_reply_is_owed_only_by_receivers_with_threads() -> None:
    for on_change in (OnChange.EDIT, OnChange.POST):
        story = Story(a_policy(a_receiver(on_change=on_change)))
        story.fire("A").notify_all()
        story.wait(minutes(1)).fire("B").notify_all()
        assert story.state.pending_reply is None
        assert all(
            not alert.unreplied for alert in story.state.alerts.values() if alert.unreplied is not ShownState.NOTHING
        )


def test_a_replied_reply_changes_nothing_that_was_shown() -> None:
    story = replying()
    before = story.state
    story.notify()
    after = story.state
    assert after.pending_reply is None
    assert (after.notified_at, after.message, after.pending) == (before.notified_at, before.message, before.pending)
    assert all(alert.unreplied is ShownState.NOTHING for alert in after.alerts.values())
    event = story.events[-1]
    assert (event.kind, event.outcome, event.notified) == (EventKind.SENT, Op.REPLY_BROADCAST, 0)
    assert (event.message, event.delivered_at) == (after.message, story.now)


def test_a_plain_reply_that_is_accepted_ends_plainness() -> None:
    story = replying()
    story.notify(Refused("invalid_blocks"))
    assert story.state.use_plain_text
    story.notify()
    assert story.state.use_plain_text is False


# The books when an alert comes back during the call that gives it up


def test_an_alert_that_comes_back_while_it_is_given_up_is_a_change() -> None:
    story = notified("A").look()
    made = story.begin()
    assert made.notification.reason is Reason.STALE
    story.wait(seconds(1)).see(an_alert("A", starts=START))
    story.finish(made)
    assert story.state.pending == 1
    assert story.sums.get("superseded", 0) == 0
    assert story.sums["changes"] == 2


def test_every_class_of_answer_has_a_name_for_metrics() -> None:
    assert name(ChannelDead("x")) == "channel_dead"
    assert name(LIMITED) == "limited"
    assert name(Accepted("C1", "1")) == "accepted"


def test_a_reply_that_was_printed_after_all_is_not_replied_again() -> None:
    """Slack's late yes to a broadcast is as good as one in time."""
    story = replying()
    late = story.begin()
    lapsed(story)
    story.finish(late, Accepted("C1", "r"))
    assert Op.REPLY_BROADCAST not in [notification.op for notification in story.notify_all()]


def test_a_late_yes_to_a_post_is_adopted_also_when_it_queues_again() -> None:
    story = Story().fire("A").look()
    late = story.begin()
    lapsed(story)
    story.look()
    story.finish(late, Accepted("C1", "9.9"))
    assert Op.POST not in [notification.op for notification in story.notify_all()]
    assert story.state.message == MessageRef("C1", "9.9")


def test_after_a_lost_message_a_new_firing_waits_for_group_wait() -> None:
    story = Story(a_policy(timing=a_timing(group_wait=seconds(20))))
    story.fire("A").notify_all()
    story.wait(minutes(1)).end("A")
    story.notify(Gone("message_not_found"))
    story.wait(minutes(30)).fire("A")
    assert story.due == story.now + seconds(20)


def test_a_repeat_is_still_replied_when_an_unsent_resolve_is_edited_in_before_it() -> None:
    story = notified("A", "B", send_resolved=False).wait(hours(4)).see(an_alert("A", starts=START), truncated=True)
    story.notify()
    assert story.state.pending_reply is not None
    assert story.state.pending_reply.op is Op.REPLY_BROADCAST
    story.wait(minutes(1)).end("B")
    assert [notification.op for notification in story.notify_all()] == [Op.EDIT, Op.REPLY_BROADCAST]


def test_a_late_answer_does_not_unpark() -> None:
    story = Story().fire("A").look()
    late = story.begin()
    lapsed(story)
    story.notify(ChannelDead("is_archived"))
    due = story.due
    story.finish(late, Unreached("late"))
    assert (story.parked.reason, story.due) == ("channel_dead:is_archived", due)


def test_a_message_that_replaces_a_lost_one_mentions_nobody_again() -> None:
    story = changed()
    story.notify(Gone("message_not_found"))
    assert not story.notify().mentions


def test_a_late_answer_does_not_forget_how_often_it_was_tried() -> None:
    story = Story().fire("A").look()
    late = story.begin()
    lapsed(story)
    tries = tries_of(story.state.phase)
    story.finish(late, Unreached("late"))
    assert tries_of(story.state.phase) == replace(tries, failed=tries.failed + 1)
