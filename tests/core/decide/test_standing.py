"""How an alert stands in its group is what the group does about it."""

from dataclasses import replace

import pytest

from router.core.decide.policy import Policy
from router.core.decide.standing import Outcome, standing
from router.core.match.matcher import parse_matchers
from router.core.model.alert import AlertId
from router.core.model.alert_state import ShownState
from router.core.model.group import DigestRef
from router.core.model.instant import NEVER
from router.core.model.key import GroupId
from router.core.model.muted import MutedBy
from router.core.model.phase import Idle
from router.core.model.rules.receiver import NO_CHANNEL
from router.core.model.rules.silence import Silence, Silences
from router.core.mute.mute import Mutes
from router.core.slack.answer import ChannelDead
from tests.core.builders import Story, a_policy, a_receiver, a_timing, at, hours, minutes, seconds

A = AlertId("A")


def silenced(**labels: str) -> Policy:
    matchers = tuple(one for name, value in labels.items() for one in parse_matchers(f'{name}="{value}"'))
    silence = Silence("s1", (matchers,), at(-1), at(hours(1)), "ana", "works on it")
    return replace(a_policy(), mutes=Mutes(silences=Silences([silence])))


def outcome(story: Story) -> Outcome:
    return standing(story.state, A, story.policy, story.now).outcome


def test_what_is_shown_says_since_when_and_what_comes_next() -> None:
    story = Story().fire("A")
    story.notify_all()

    found = standing(story.state, A, story.policy, story.now)

    assert (found.outcome, found.shown_as, found.notified_at) == (Outcome.SHOWN, ShownState.FIRING, at(0))
    assert (found.repeat_at, found.stale_at) == (at(hours(4)), at(hours(12)))


def test_what_has_ended_is_neither_repeated_nor_stale() -> None:
    story = Story().fire("A")
    story.notify_all()
    story.wait(minutes(1)).end("A").notify_all()

    found = standing(story.state, A, story.policy, story.now)

    assert (found.outcome, found.shown_as, found.firing) == (Outcome.SHOWN, ShownState.RESOLVED, False)
    assert (found.repeat_at, found.stale_at) == (NEVER, NEVER)


def test_what_waits_says_until_when() -> None:
    story = Story(a_policy(timing=a_timing(group_wait=seconds(30)))).fire("A")

    found = standing(story.state, A, story.policy, story.now)

    assert (found.outcome, found.until) == (Outcome.WAITING, at(seconds(30)))


def test_in_its_lane_and_in_flight() -> None:
    story = Story().fire("A").look()
    assert outcome(story) is Outcome.QUEUED
    story.begin()
    assert outcome(story) is Outcome.SENDING


def test_what_is_set_aside_says_why_and_when_it_is_tried_again() -> None:
    story = Story().fire("A")
    story.notify(ChannelDead("is_archived"))

    found = standing(story.state, A, story.policy, story.now)

    assert (found.outcome, found.why, found.until) == (Outcome.PARKED, "channel_dead:is_archived", at(minutes(5)))


def test_what_is_held_back_says_by_what() -> None:
    story = Story(silenced(alertname="A")).fire("A").look()

    found = standing(story.state, A, story.policy, story.now)

    assert found.outcome is Outcome.HELD
    assert found.muted is not None
    assert (found.muted.by, found.muted.author, found.muted.until) == (MutedBy.SILENCED, "ana", at(hours(1)))


def test_what_is_shown_and_silenced_since_is_shown_and_says_so() -> None:
    story = Story().fire("A")
    story.notify_all()

    found = standing(story.state, A, silenced(alertname="A"), story.now)

    assert (found.outcome, found.muted is not None) == (Outcome.SHOWN, True)


def test_what_goes_nowhere_and_what_ended_before_it_was_notified() -> None:
    assert outcome(Story(a_policy(a_receiver(channel=NO_CHANNEL))).fire("A").look()) is Outcome.NO_DESTINATION
    ended = Story(a_policy(timing=a_timing(group_wait=seconds(30)))).fire("A").wait(seconds(1)).end("A").look()
    assert outcome(ended) is Outcome.NEVER_SHOWN


@pytest.mark.parametrize(
    ("state", "expected"), [(ShownState.FIRING, Outcome.IN_DIGEST), (ShownState.REROUTED, Outcome.MOVED)]
)
def test_what_others_show(state: ShownState, expected: Outcome) -> None:
    story = Story().fire("A")
    story.notify_all()
    shown = replace(story.state.alerts[A], last_shown=replace(story.state.alerts[A].last_shown, state=state))
    story.state = replace(story.state, message=DigestRef(GroupId("d-digest")), alerts={A: shown}, phase=Idle())

    assert outcome(story) is expected


def test_what_newer_bodies_leave_out_is_not_reported_since_its_last_report() -> None:
    story = Story().fire("A", "B")
    story.notify_all()
    assert standing(story.state, A, story.policy, story.now).unreported_since == NEVER

    story.wait(minutes(1)).fire("B")
    found = standing(story.state, A, story.policy, story.now)
    assert (found.shown_as, found.unreported_since) == (ShownState.FIRING, at(0))

    story.look().notify_all()
    hidden = standing(story.state, A, story.policy, story.now)
    assert (hidden.shown_as, hidden.unreported_since) == (ShownState.UNREPORTED, at(0))

    story.wait(minutes(1)).end("A")
    assert standing(story.state, A, story.policy, story.now).unreported_since == NEVER


def test_what_only_an_earlier_message_showed_has_no_time() -> None:
    story = Story(a_policy(timing=a_timing(group_wait=seconds(30)))).fire("A")
    story.notify_all()
    story.wait(minutes(1)).end("A").notify_all()

    story.wait(hours(1)).fire("B")

    found = standing(story.state, A, story.policy, story.now)
    assert (found.outcome, found.notified_at) == (Outcome.SHOWN, NEVER)
