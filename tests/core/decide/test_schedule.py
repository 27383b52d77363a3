"""When a group is looked at next, and its place in a lane."""

from router.core.decide.schedule import reschedule
from router.core.engine import arrive, leave
from router.core.model.group import MessageRef
from router.core.model.instant import Instant
from router.core.model.observation import Observations
from router.core.model.phase import Idle, Queued, Rank, Waiting, tries_of
from router.core.slack.answer import Accepted, HoldScope, Limited
from tests.core.builders import (
    SEVERITY,
    START,
    Story,
    a_group,
    a_policy,
    a_timing,
    an_alert,
    at,
    hours,
    minutes,
    seconds,
)
from tests.core.decide.test_decide import A, notified


def test_what_waits_in_a_lane_was_delayed_by_our_own_limits_until_it_is_shown() -> None:
    story = Story().fire("A").look()
    assert story.state.was_delayed is True
    story.notify_all()
    assert story.state.was_delayed is False


def test_what_ends_unseen_after_a_delay_that_is_over_is_not_shown() -> None:
    """The delay of an earlier message is not the delay of this one."""
    story = Story(a_policy(timing=a_timing(group_wait=seconds(20), reopen_within=minutes(1))))
    story.fire("A").notify_all()
    story.wait(minutes(1)).end("A").notify_all()
    story.wait(hours(1)).fire("A").wait(seconds(5)).end("A")

    assert story.notify_all() == []
    assert story.sums["suppressed:ended_before_notified"] == 1


def test_a_milder_alert_that_comes_while_it_queues_does_not_make_it_urgent() -> None:
    story = notified("A").wait(minutes(1)).fire("B").look()
    story.wait(seconds(1)).fire("C")
    assert story.queued.rank is Rank.NORMAL


def test_a_critical_that_is_shown_already_does_not_make_it_urgent() -> None:
    story = Story()
    story.fire("A", severity="critical").notify_all()
    story.wait(minutes(1)).fire("B").look()
    assert story.queued.rank is Rank.NORMAL

    story.see(an_alert("A", starts=START, severity="critical"), truncated=True)
    assert story.queued.rank is Rank.NORMAL


def test_a_critical_that_comes_while_it_queues_does() -> None:
    story = notified("A").wait(minutes(1)).fire("B").look()
    story.wait(seconds(1)).fire("C", severity="critical")
    assert story.queued.rank is Rank.URGENT


def test_what_is_missing_is_looked_for_no_sooner_than_a_notification_is_allowed() -> None:
    story = Story(a_policy(timing=a_timing(group_interval=hours(1))))
    story.fire("A", "B").notify_all()
    story.wait(minutes(1)).see(an_alert("A", starts=START))

    assert story.phase is Idle
    assert story.due == at(hours(1))


def test_a_reply_that_waits_goes_to_the_lane_of_replies_as_if_it_were_new() -> None:
    story = notified("A").wait(minutes(1)).fire("B").look()
    story.notify(Limited(seconds(7), HoldScope.CHANNEL))
    story.wait(seconds(7))
    story.notify(Accepted("C1", "1.0"))

    assert isinstance(story.state.phase, Queued)
    assert story.queued.rank is Rank.REPLY
    assert tries_of(story.state.phase).failed == 0


def test_what_left_before_it_was_shown_waits_for_what_is_pending() -> None:
    story = Story(a_policy(timing=a_timing(group_wait=seconds(20)))).fire("A", "B")
    story.take(leave(story.state, frozenset({A}), story.now))
    assert isinstance(story.state.phase, Waiting)
    assert story.due == at(seconds(20))


def test_what_left_a_message_is_shown_at_once() -> None:
    story = notified("A", "B").wait(seconds(5))
    story.take(leave(story.state, frozenset({A}), story.now))
    assert story.due == story.now


def test_what_arrives_is_pending_from_when_it_was_observed() -> None:
    story = notified("A").wait(minutes(1))
    story.take(leave(story.state, frozenset({A}), story.now))
    seen = Observations([an_alert("A", starts=START)], Instant(story.now + 1))
    story.take(arrive(story.state, seen, story.policy.timing, SEVERITY, Instant(story.now + 2)))
    assert story.state.alerts[A].pending_since == seen.observed


def test_a_closed_message_is_shown_once_more_no_sooner_than_its_group_interval() -> None:
    closed = a_group(message=MessageRef("C1", "1.0"), notified_at=START, refresh_at=at(seconds(5)))

    assert reschedule(closed, a_policy(), START).phase.due == at(seconds(30))
