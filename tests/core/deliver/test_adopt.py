"""A group that was lost goes on in the message that shows it, and only what is different by now is notified."""

from dataclasses import replace

import pytest

from router.core.deliver.adopt import Place, adopt
from router.core.engine import fold
from router.core.model.alert import Alert
from router.core.model.event import Event
from router.core.model.group import AlertGroup
from router.core.model.instant import Instant
from router.core.model.observation import Observations
from router.core.model.operation import Op, Reason
from router.core.model.phase import Idle, Sending, Waiting
from router.core.model.transition import Transition
from tests.core.builders import Story, a_resolve, an_alert, hours, minutes, seconds
from tests.core.decide.test_decide import A, B, notified


def place_of(story: Story) -> Place:
    """What the last event of the story notes."""
    event = next(one for one in reversed(story.events) if one.shown is not None)
    return noted(event)


def noted(event: Event) -> Place:
    assert event.shown is not None
    assert event.message is not None
    return Place(event.message, event.shown, event.delivered_at, Reason(event.reason))


def adopted(story: Story, current: AlertGroup | None = None) -> Transition:
    """The group of the story, lost and taken over."""
    group = current or AlertGroup(story.state.key)
    return adopt(group, place_of(story), story.policy, story.now)


def test_a_lost_group_is_as_it_was_shown() -> None:
    story = notified("A", "B").wait(minutes(1)).end("B")
    story.notify_all()

    transition = adopted(story)

    after, lost = transition.after, story.state
    assert (after.message, after.firing, after.pending) == (lost.message, 1, 0)
    assert (after.last_reason, after.worst_shown, after.reopened) == (
        lost.last_reason, lost.worst_shown, lost.reopened
    )  # fmt: skip
    assert {one: alert.last_shown for one, alert in after.alerts.items()} == {
        one: alert.last_shown for one, alert in lost.alerts.items()
    }
    assert isinstance(after.phase, Idle)
    assert transition.entry.fields() == {}


def test_what_is_observed_again_is_no_news() -> None:
    story = notified("A")
    story.state = adopted(story).after

    story.wait(minutes(1)).fire("A")

    assert (story.state.pending, story.state.message is not None) == (0, True)


def test_what_has_ended_meanwhile_is_an_edit_of_the_same_message() -> None:
    story = notified("A")
    message = story.state.message
    story.state = adopted(story).after
    story.wait(minutes(1)).end("A")

    story.notify()

    assert (story.events[-1].outcome, story.state.message) == (Op.EDIT, message)


def test_what_was_folded_again_meanwhile_is_not_shown_twice() -> None:
    story = notified("A").wait(minutes(1))
    folded = folded_again(story, an_alert("A"))
    assert folded.after.pending == 1

    transition = adopted(story, folded.after)

    assert transition.after.pending == 0
    assert (transition.entry.pending, transition.entry.superseded, transition.entry.balance) == (-1, 1, 0)
    assert isinstance(transition.after.phase, Idle)


def test_what_has_ended_and_nobody_knew_as_firing_is_a_change() -> None:
    story = notified("A").wait(minutes(1))
    ended = folded_again(story, a_resolve("A", ends=story.now))

    transition = adopted(story, ended.after)

    assert transition.after.pending == 1
    assert transition.entry.balance == 0
    assert isinstance(transition.after.phase, Waiting)


def test_what_is_new_meanwhile_is_still_news() -> None:
    story = notified("A").wait(minutes(1))
    folded = folded_again(story, an_alert("B", starts=story.now))

    transition = adopted(story, folded.after)

    assert (transition.after.pending, transition.after.firing) == (1, 2)
    assert transition.after.alerts[A].last_shown != transition.after.alerts[B].last_shown
    assert transition.entry.balance == 0


def test_a_group_that_was_shown_later_or_is_being_shown_stays_as_it_is() -> None:
    story = notified("A")
    place = place_of(story)
    later = replace(story.state, notified_at=Instant(place.notified_at + 1))
    story.wait(minutes(1)).fire("B")
    calling = story.look().begin().snapshot

    assert isinstance(calling.phase, Sending)
    for group in (story.state, later, calling):
        assert adopt(group, place, story.policy, story.now) == Transition(group)


@pytest.mark.parametrize("takes_no_edits", [False, True])
def test_that_slack_edits_it_no_more_is_known_again(*, takes_no_edits: bool) -> None:
    story = notified("A")
    place = place_of(story)
    place = replace(place, shown=replace(place.shown, takes_no_edits=takes_no_edits))

    after = adopt(AlertGroup(story.state.key), place, story.policy, story.now).after

    assert after.takes_no_edits is takes_no_edits


def test_what_nobody_reports_any_more_is_looked_at_in_time() -> None:
    story = notified("A").wait(hours(13))

    after = adopted(story).after

    assert isinstance(after.phase, Idle)
    assert 0 < after.phase.due <= story.now + seconds(60)


def folded_again(story: Story, alert: Alert) -> Transition:
    """The alert comes, and nothing of the group is known."""
    seen = Observations((alert,), story.now, "g", False, None)
    return fold(AlertGroup(story.state.key), seen, story.policy.timing, story.policy.severity, story.now)
