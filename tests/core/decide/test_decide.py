"""What is notified, why, and when: the first reason that fits, at its time, by the call that people should get."""

from dataclasses import replace

import pytest

from router.core.decide.notification import Notification
from router.core.decide.policy import REPLAY_HORIZON
from router.core.decide.reason import reason_to_notify
from router.core.decide.sight import out_of_sight
from router.core.engine import advance, leave
from router.core.fold.missing import GRACE
from router.core.model.alert import AlertId
from router.core.model.alert_state import ShownState
from router.core.model.event import Event, EventKind
from router.core.model.group import MessageRef
from router.core.model.instant import NEVER, Instant, Span
from router.core.model.ledger import Suppressed
from router.core.model.operation import Lane, Method, Op, Reason
from router.core.model.phase import Idle, Rank, Waiting
from router.core.model.rules.receiver import OnChange
from router.core.slack.answer import Ambiguous, Gone, HoldScope, Limited
from tests.core.builders import (
    SEVERITY,
    START,
    Story,
    a_policy,
    a_receiver,
    a_resolve,
    a_timing,
    an_alert,
    at,
    hours,
    minutes,
    seconds,
)

A, B = AlertId("A"), AlertId("B")


def notified(*names: str, on_change: OnChange = OnChange.THREAD, send_resolved: bool = True) -> Story:
    """A story whose alerts fired at noon and were shown, with all their replies."""
    story = Story(a_policy(a_receiver(on_change=on_change, send_resolved=send_resolved)))
    story.fire(*names).notify_all()
    assert story.phase is Idle
    return story


def last_reason(story: Story) -> Reason | None:
    return reason_to_notify(story.state, story.policy.timing, story.now)


# Reasons, in order


def test_nothing_shown_yet_is_first() -> None:
    assert last_reason(Story().fire("A")) is Reason.FIRST


def test_a_new_alert_comes_before_a_resolve() -> None:
    story = notified("A", "B").wait(minutes(1)).end("A").fire("C")
    assert last_reason(story) is Reason.NEW_ALERTS


def test_an_alert_that_ended_and_fires_again_is_a_new_alert() -> None:
    story = notified("A", "B").wait(minutes(1)).end("A").wait(seconds(1)).fire("A")
    assert last_reason(story) is Reason.NEW_ALERTS


def test_all_resolved_when_nothing_fires() -> None:
    assert last_reason(notified("A", "B").wait(minutes(1)).end("A", "B")) is Reason.ALL_RESOLVED


def test_some_resolved_while_others_fire() -> None:
    assert last_reason(notified("A", "B").wait(minutes(1)).end("A")) is Reason.SOME_RESOLVED


def test_a_resolve_is_all_resolved_when_the_others_are_no_longer_reported() -> None:
    story = notified("A", "B").wait(hours(12) + 1).end("A")
    assert out_of_sight(story.state, story.policy.timing, story.now) == {B: ShownState.STALE}
    assert last_reason(story) is Reason.ALL_RESOLVED


def test_stale_comes_before_a_repeat() -> None:
    story = notified("A", "B").wait(hours(6)).see(an_alert("A", starts=START), truncated=True).wait(hours(6) + 1)
    assert last_reason(story) is Reason.STALE


def test_nothing_new_is_no_reason() -> None:
    story = notified("A").wait(minutes(1)).fire("A")
    assert last_reason(story) is None


def test_a_message_that_may_show_less_is_refreshed() -> None:
    story = notified("A")
    assert reason_to_notify(replace(story.state, refresh_due=True), story.policy.timing, story.now) is Reason.REFRESH


# Repeat


def test_a_repeat_needs_the_time_and_an_observation() -> None:
    story = notified("A").wait(hours(5))
    assert last_reason(story) is None, "what is silenced upstream must not be nagged about"
    story = notified("A").wait(hours(4) - 1).see(an_alert("A", starts=START))
    assert last_reason(story) is None
    assert story.due == at(hours(4))
    assert last_reason(story.wait(Span(1))) is Reason.REPEAT


def test_an_observation_after_the_time_repeats_at_once() -> None:
    story = notified("A").wait(hours(5)).see(an_alert("A", starts=START))
    assert story.due == story.now
    assert [one.reason for one in story.notify_all()] == [Reason.REPEAT, Reason.REPEAT]


def test_the_next_repeat_needs_the_next_observation() -> None:
    story = notified("A").wait(hours(4)).see(an_alert("A", starts=START))
    story.notify_all()
    assert story.state.notified_at == story.now
    assert last_reason(story.wait(hours(5))) is None


def test_the_end_of_what_was_shown_is_no_observation_for_a_repeat() -> None:
    story = notified("A").wait(minutes(1)).end("A")
    story.notify_all()
    assert last_reason(story.wait(hours(5))) is None
    assert story.due == NEVER


# Times


def test_notified_are_a_group_interval_apart() -> None:
    story = notified("A").wait(seconds(1)).fire("B")
    assert (story.phase, story.due) == (Waiting, at(seconds(30)))
    story.notify()
    assert story.state.notified_at == at(seconds(30))


def test_what_was_folded_meanwhile_is_shown_with_it() -> None:
    story = Story(a_policy(timing=a_timing(group_wait=seconds(10)))).fire("A").wait(seconds(3)).fire("B")
    assert story.notify().shown == {A: ShownState.FIRING, B: ShownState.FIRING}


def test_what_ended_within_group_wait_is_not_shown() -> None:
    story = Story(a_policy(timing=a_timing(group_wait=seconds(10)))).fire("A", "B").wait(seconds(3)).end("A")
    story.look()
    reason = Suppressed.ENDED_BEFORE_NOTIFIED
    assert story.events == [Event(EventKind.SUPPRESSED, reason, "suppressed", decided_at=story.now)]
    assert story.state.alerts[A].pending_since == NEVER
    assert story.notify().shown == {B: ShownState.FIRING}
    assert story.sums["suppressed:ended_before_notified"] == 1


def test_what_ended_while_our_limits_made_it_wait_is_shown() -> None:
    story = Story().fire("A").look().wait(seconds(5)).end("A")
    notification = story.notify()
    assert notification.reason is Reason.FIRST
    assert notification.shown == {A: ShownState.RESOLVED}
    assert "suppressed:ended_before_notified" not in story.sums


def test_what_ended_while_slack_limited_us_is_shown() -> None:
    story = Story().fire("A")
    story.notify(Limited(seconds(5), HoldScope.CHANNEL))
    story.wait(seconds(1)).end("A")
    assert story.notify().shown == {A: ShownState.RESOLVED}


def test_a_flap_between_two_looks_still_is_shown_once() -> None:
    story = notified("A").wait(seconds(1)).end("A").wait(seconds(1)).fire("A")
    assert story.notify().reason is Reason.NEW_ALERTS
    assert story.state.pending == 0


# Stale


def test_an_alert_not_seen_for_12_hours_is_shown_as_no_longer_reported() -> None:
    story = notified("A")
    assert story.due == at(hours(12) + 1)
    notification = story.notify()
    assert (notification.reason, notification.shown) == (Reason.STALE, {A: ShownState.STALE})
    assert story.state.firing == 0
    story.notify_all()
    assert story.state.closed


def test_an_alert_seen_in_time_is_not_stale() -> None:
    story = notified("A").wait(hours(11)).see(an_alert("A", starts=START))
    story.notify_all()
    assert not out_of_sight(story.state, story.policy.timing, at(hours(12) + 1))


def test_an_alert_that_was_given_up_and_is_seen_again_is_news() -> None:
    story = notified("A")
    story.notify()
    story.notify_all()
    story.wait(minutes(1)).see(an_alert("A", starts=START))
    assert last_reason(story) is Reason.NEW_ALERTS
    assert story.notify().shown == {A: ShownState.FIRING}


def test_an_alert_that_was_given_up_may_still_end() -> None:
    story = notified("A")
    story.notify()
    story.notify_all()
    story.wait(minutes(1)).end("A")
    assert last_reason(story) is Reason.ALL_RESOLVED
    assert story.notify().shown == {A: ShownState.RESOLVED}


def test_an_alert_that_was_given_up_may_end_much_later_and_its_message_says_so() -> None:
    story = notified("A")
    story.notify()
    story.notify_all()
    story.wait(minutes(30)).end("A")
    assert story.state.message == MessageRef("C1", "1.0")
    assert story.notify().shown == {A: ShownState.RESOLVED}


def test_a_new_message_does_not_show_a_given_up_alert_as_firing_again() -> None:
    story = notified("A")
    story.notify()
    story.notify_all()
    story.wait(minutes(30)).fire("B")
    shown = story.notify().shown
    assert shown[B] is ShownState.FIRING
    assert shown.get(A) is not ShownState.FIRING


def test_that_one_is_not_reported_keeps_the_group_interval_too() -> None:
    story = notified("A", "B").wait(minutes(1)).see(an_alert("A", starts=START))  # B is missed from 12:06
    story.wait(GRACE - seconds(20)).see(an_alert("C", starts=START), truncated=True)
    story.notify()
    before = story.state.notified_at
    story.notify()  # its reply
    notification = story.notify()
    assert notification.reason is Reason.UNREPORTED
    assert story.now >= before + story.policy.timing.group_interval


def test_every_missing_alert_has_its_own_5_minutes() -> None:
    story = notified("A", "B", "C").wait(minutes(1))
    everyone = [an_alert(name, starts=START) for name in "ABC"]
    story.see(*everyone[:2])  # C is missing from 12:01
    story.wait(GRACE - seconds(1)).see(everyone[0])  # B too, from 12:05:59
    story.wait(seconds(1))
    assert out_of_sight(story.state, story.policy.timing, story.now) == {AlertId("C"): ShownState.UNREPORTED}


def test_an_alert_that_becomes_missed_during_a_call_is_still_looked_for() -> None:
    story = notified("A", "B").wait(minutes(1)).see(an_alert("A", starts=START))
    story.wait(GRACE - seconds(1)).see(an_alert("A", starts=START), an_alert("C", starts=START), truncated=True)
    story.look()
    made = story.begin()
    story.wait(seconds(2)).finish(made)
    story.notify_all()
    assert story.due != NEVER
    story.look()
    assert last_reason(story) is Reason.UNREPORTED
    assert story.now < at(minutes(20))


# By which call


@pytest.mark.parametrize(
    ("on_change", "ops"),
    [
        (OnChange.EDIT, [Op.EDIT]),
        (OnChange.THREAD, [Op.EDIT, Op.REPLY_BROADCAST]),
        (OnChange.POST, [Op.POST]),
    ],
)
def test_a_new_alert_is_shown_in_the_receivers_way(on_change: OnChange, ops: list[Op]) -> None:
    story = notified("A", on_change=on_change).wait(minutes(1)).fire("B")
    assert [one.op for one in story.notify_all()] == ops


@pytest.mark.parametrize(
    ("on_change", "ops"),
    [
        (OnChange.EDIT, [Op.EDIT]),
        (OnChange.THREAD, [Op.EDIT, Op.REPLY_THREAD]),
        (OnChange.POST, [Op.POST]),
    ],
)
@pytest.mark.parametrize("ending", [["A"], ["A", "B"]])
def test_a_resolve_is_shown_in_the_receivers_way(on_change: OnChange, ops: list[Op], ending: list[str]) -> None:
    story = notified("A", "B", on_change=on_change).wait(minutes(1)).end(*ending)
    assert [one.op for one in story.notify_all()] == ops


@pytest.mark.parametrize("on_change", OnChange)
def test_a_resolve_that_is_not_to_be_sent_is_only_edited(on_change: OnChange) -> None:
    story = notified("A", on_change=on_change, send_resolved=False).wait(minutes(1)).end("A")
    (only,) = story.notify_all()
    assert (only.op, only.shown) == (Op.EDIT, {A: ShownState.RESOLVED})


def test_a_reply_about_new_alerts_leaves_out_a_resolve_that_is_not_to_be_sent() -> None:
    story = notified("A", send_resolved=False).wait(minutes(1)).end("A").fire("B")
    edit, reply = story.notify_all()
    assert edit.shown == {A: ShownState.RESOLVED, B: ShownState.FIRING}
    assert (reply.op, reply.shown) == (Op.REPLY_BROADCAST, {B: ShownState.FIRING})


def test_a_repeat_is_replied_in_a_broadcast() -> None:
    story = notified("A").wait(hours(4)).see(an_alert("A", starts=START))
    assert [one.op for one in story.notify_all()] == [Op.EDIT, Op.REPLY_BROADCAST]


def test_a_reply_names_what_its_edit_showed_as_new() -> None:
    story = notified("A").wait(minutes(1)).fire("B")
    edit, reply = story.notify_all()
    assert edit.shown == {A: ShownState.FIRING, B: ShownState.FIRING}
    assert reply.shown == {B: ShownState.FIRING}
    assert reply.reason is Reason.NEW_ALERTS


def test_without_budget_a_reply_folds_into_the_next() -> None:
    story = notified("A").wait(minutes(1)).fire("B")
    story.notify()  # the edit; its reply waits in the lane
    assert story.queued.lane == Lane("C1", Method.POST)
    assert story.queued.rank is Rank.REPLY
    story.wait(minutes(1)).fire("C")
    edit, reply = story.notify_all()
    assert edit.op is Op.EDIT
    assert set(reply.shown) == {"B", "C"}


def test_a_reply_that_waits_is_replied_before_an_edit_that_is_too_early() -> None:
    story = notified("A").wait(minutes(1)).fire("B")
    story.notify()
    story.wait(seconds(1)).fire("C")
    assert story.notify().shown == {B: ShownState.FIRING}
    assert story.phase is Waiting


def test_a_lane_is_left_for_the_lane_of_the_next_call() -> None:
    story = notified("A").wait(minutes(1)).fire("B")
    story.notify()
    story.wait(minutes(1)).fire("C")
    step = advance(story.state, story.policy, story.now)
    assert not isinstance(step, Notification)
    story.take(step)
    assert story.queued.lane == Lane("C1", Method.UPDATE)


def test_at_the_head_newest_state_is_shown_not_what_queued() -> None:
    story = notified("A").wait(minutes(1)).fire("B").look()
    story.wait(seconds(5)).end("A", "B")
    notification = story.decide()
    assert notification.reason is Reason.ALL_RESOLVED
    assert set(notification.shown.values()) == {ShownState.RESOLVED}


# Rank


def test_a_critical_goes_first_and_so_does_all_resolved() -> None:
    assert Story().fire("A", severity="critical").look().queued.rank is Rank.URGENT
    assert Story().fire("A", severity="error").look().queued.rank is Rank.NORMAL
    assert notified("A").wait(minutes(1)).end("A").look().queued.rank is Rank.URGENT
    assert notified("A", "B").wait(minutes(1)).end("A").look().queued.rank is Rank.NORMAL


def test_what_resolves_wholly_while_it_queues_goes_first() -> None:
    story = notified("A").wait(minutes(1)).fire("B").look()
    before = story.queued.rank
    story.wait(seconds(5)).end("A", "B")
    assert (before, story.queued.rank) == (Rank.NORMAL, Rank.URGENT)


def test_its_age_in_the_lane_is_that_of_its_oldest_pending_change() -> None:
    story = notified("A").wait(minutes(1)).fire("B").wait(seconds(10)).fire("C").look()
    assert story.queued.tries.since == at(minutes(1))


# Mentions and escalation


def test_the_first_message_mentions() -> None:
    assert Story().fire("A").notify().mentions


def test_a_first_message_about_what_has_ended_mentions_nobody() -> None:
    assert not Story().fire("A").look().end("A").notify().mentions


def test_a_new_alert_of_no_higher_severity_mentions_nobody() -> None:
    story = notified("A").wait(minutes(1)).fire("B")
    assert not any(one.mentions for one in story.notify_all())


def test_a_severity_above_any_shown_before_is_an_escalation_and_mentions_in_the_reply() -> None:
    story = notified("A").wait(minutes(1)).fire("B", severity="critical")
    edit, reply = story.notify_all()
    assert edit.escalates
    assert not edit.mentions, "an edit notifies nobody"
    assert (reply.op, reply.mentions) == (Op.REPLY_BROADCAST, True)


@pytest.mark.parametrize("word", ["critical", "p1", "P1", " Critical "])
def test_another_word_for_the_worst_severity_goes_first_and_escalates_like_it(word: str) -> None:
    aliases = replace(SEVERITY, aliases=(("p1", "critical"),))
    policy = replace(a_policy(), severity=aliases)
    assert Story(policy=policy).fire("A", severity=word).look().queued.rank is Rank.URGENT

    story = Story(policy=policy).fire("A")
    story.notify_all()
    story.wait(minutes(1)).fire("B", severity=word)
    edit, reply = story.notify_all()
    assert (edit.escalates, reply.op, reply.mentions) == (True, Op.REPLY_BROADCAST, True)
    assert story.state.worst_shown == 0

    story.wait(minutes(1)).fire("C", severity="critical")
    assert not any(one.escalates or one.mentions for one in story.notify_all())


def test_the_same_severity_is_no_escalation_the_second_time() -> None:
    story = notified("A").wait(minutes(1)).fire("B", severity="critical")
    story.notify_all()
    story.wait(minutes(1)).fire("C", severity="critical")
    assert not any(one.escalates or one.mentions for one in story.notify_all())


def test_an_escalation_is_named_by_the_edit_and_by_its_reply() -> None:
    story = notified("A").wait(minutes(1)).fire("B", severity="critical")
    assert [(one.op, one.escalates, one.reopens) for one in story.notify_all()] == [
        (Op.EDIT, True, False),
        (Op.REPLY_BROADCAST, True, False),
    ]


def test_an_escalation_in_a_message_of_its_own_mentions_there() -> None:
    story = notified("A", on_change=OnChange.POST).wait(minutes(1)).fire("B", severity="critical")
    (post,) = story.notify_all()
    assert post.mentions
    story.wait(minutes(1)).fire("C")
    (post,) = story.notify_all()
    assert not post.mentions


def test_an_unknown_severity_ranks_behind_all() -> None:
    story = Story().fire("A", severity="strange")
    story.notify_all()
    assert story.state.worst_shown == 4
    story.wait(minutes(1)).fire("B", severity="info")
    assert story.notify().escalates


# Reopen, and rest


def test_firing_again_soon_reopens_the_same_message_in_a_broadcast_with_a_mention() -> None:
    story = notified("A").wait(minutes(1)).end("A")
    story.notify_all()
    place = story.state.message
    story.wait(minutes(9)).fire("A")
    edit, reply = story.notify_all()
    assert (edit.op, edit.reopens, edit.shown) == (Op.EDIT, True, {A: ShownState.FIRING})
    assert (reply.op, reply.mentions, reply.reopens) == (Op.REPLY_BROADCAST, True, True)
    assert reply.reason is edit.reason
    assert story.state.message == place
    assert story.state.reopened == 1


def test_firing_again_later_is_a_new_message_with_nothing_of_the_old() -> None:
    story = notified("A", "B").wait(minutes(1)).end("A", "B")
    story.notify_all()
    story.wait(minutes(1)).fire("A")
    story.notify_all()
    story.wait(minutes(1)).end("A")
    story.notify_all()
    old = story.state.message
    assert story.state.reopened == 1
    story.wait(minutes(11)).fire("A")
    assert (story.state.reopened, story.state.worst_shown) == (0, None)
    notification = story.notify()
    assert (notification.op, notification.reason, notification.reopens) == (Op.POST, Reason.FIRST, False)
    assert notification.shown == {A: ShownState.FIRING}
    assert story.state.message != old
    assert story.state.reopened == 0


def test_the_last_moment_to_reopen_still_reopens() -> None:
    story = notified("A").wait(minutes(1)).end("A")
    story.notify_all()
    story.now = Instant(story.state.notified_at + minutes(10))
    assert story.fire("A").notify().reopens


def test_a_new_message_waits_for_group_wait_again() -> None:
    story = Story(a_policy(timing=a_timing(group_wait=seconds(20))))
    story.fire("A").notify_all()
    story.wait(minutes(1)).end("A").notify_all()
    story.wait(minutes(30)).fire("A")
    assert story.due == story.now + seconds(20)


def test_shown_alerts_that_ended_are_forgotten_after_the_horizon() -> None:
    story = notified("A", "B").wait(minutes(1)).end("A")
    story.notify_all()
    assert A in story.state.alerts
    story.wait(REPLAY_HORIZON).see(an_alert("B", starts=START))
    story.notify_all()
    assert set(story.state.alerts) == {B}
    assert story.state.contents == 1


def test_a_resolve_of_what_nobody_knew_shows_nothing() -> None:
    story = Story().see(a_resolve("A"))
    assert (story.phase, story.due, story.state.pending) == (Idle, NEVER, 0)
    assert story.sums == {"accepted": 1, "duplicates": 1}


def test_when_it_is_looked_at_too_early_it_waits_on() -> None:
    story = notified("A").wait(seconds(1)).fire("B")
    assert story.due == at(seconds(30))
    assert Instant(story.due) > story.now


def test_a_first_message_that_may_be_there_already_mentions_once_more() -> None:
    """Nobody knows whether the people were called: rather twice than not at all."""
    story = Story().fire("A").look()
    story.finish(story.begin(), Ambiguous("timeout"))
    notification = story.notify()
    assert (notification.op, notification.reason, notification.mentions) == (Op.POST, Reason.FIRST, True)


def test_a_new_message_leaves_out_what_has_left_for_another_group() -> None:
    story = notified("A", "B")
    story.take(leave(story.state, frozenset({A}), story.now))
    story.notify(Gone("message_not_found"))
    notification = story.notify()
    assert (notification.op, notification.shown) == (Op.POST, {B: ShownState.FIRING})


def test_a_reply_names_what_has_ended() -> None:
    story = notified("A", "B").wait(minutes(1)).end("A")
    assert [one.shown for one in story.notify_all()] == [
        {A: ShownState.RESOLVED, B: ShownState.FIRING},
        {A: ShownState.RESOLVED},
    ]


def test_what_is_given_up_stays_watched_for_until_it_is_back() -> None:
    """The five minutes run from the first body without it, not from the last."""
    story = notified("A", "B").wait(minutes(1)).see(an_alert("A", starts=START))
    first = story.due
    story.wait(minutes(1)).see(an_alert("A", starts=START))
    assert story.due == first
