"""A chart that comes late: one edit of its own, which moves nothing else and is given up for anything else."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

import pytest

from router.core import engine
from router.core.fold.missing import GRACE
from router.core.model.instant import Instant, Span
from router.core.model.operation import Op, Reason
from router.core.model.phase import Idle, Rank, Waiting
from router.core.model.rules.receiver import OnChange
from router.core.slack.answer import (
    Answer,
    ChannelDead,
    Gone,
    HoldScope,
    Limited,
    Refused,
    TokenDead,
    Uneditable,
    Unreached,
)
from tests.core.builders import START, Story, a_policy, a_receiver, a_timing, an_alert, hours, minutes, seconds


def shown(*, on_change: OnChange = OnChange.THREAD) -> Story:
    story = Story(a_policy(a_receiver(on_change=on_change))).fire("A")
    story.notify_all()
    return story.wait(seconds(1))


def illustrated(story: Story) -> Story:
    story.take(engine.illustrate(story.state, story.policy, story.now))
    return story


@pytest.mark.parametrize("on_change", OnChange)
def test_a_message_that_lacks_a_chart_is_edited_once_and_at_once(on_change: OnChange) -> None:
    story = illustrated(shown(on_change=on_change))
    at = story.now

    [edit] = story.notify_all()

    assert (edit.op, edit.reason, story.now) == (Op.EDIT, Reason.REFRESH, at)
    assert not illustrated(story).state.chart_due


def test_the_edit_is_no_notification_by_which_others_wait() -> None:
    story = shown()
    notified, alerts = story.state.notified_at, story.state.alerts

    illustrated(story).notify_all()

    assert (story.state.notified_at, story.state.alerts) == (notified, alerts)


@pytest.mark.parametrize("is_queued", [False, True])
def test_what_is_folded_before_it_comes_at_its_own_pace_and_takes_its_place(is_queued: bool) -> None:
    story = illustrated(shown())
    if is_queued:
        story.look()

    story.fire("B")

    assert not story.state.chart_due
    assert story.state.phase == Waiting(Instant(story.state.notified_at + story.policy.timing.group_interval))


def test_it_stands_behind_all_others_in_its_lane() -> None:
    assert illustrated(shown()).look().queued.rank is Rank.REPLY


def test_without_half_of_the_edits_to_spare_it_is_not_made() -> None:
    story = illustrated(shown()).look()
    until = engine.gives_way_until(story.state, story.decide(), story.policy, story.now)

    assert until > story.now
    story.take(engine.give_way(story.state, until, story.now))
    assert story.notify_all() == []


@pytest.mark.parametrize(
    "answer",
    [
        Gone("message_not_found"),
        Limited(seconds(9), HoldScope.CHANNEL),
        Unreached("dns"),
        Refused("invalid_blocks"),
        ChannelDead("is_archived"),
        TokenDead("token_revoked"),
        Uneditable("edit_window_closed"),
    ],
    ids=lambda one: type(one).__name__,
)
def test_what_is_not_made_is_given_up(answer: Answer) -> None:
    story = illustrated(shown()).look()
    before = story.state.alerts

    story.finish(story.begin(), answer)

    assert isinstance(story.state.phase, Idle)
    assert (story.state.alerts, story.state.posted is not None) == (before, True)


def test_the_end_is_shown_with_its_whole_episode_once_and_at_once() -> None:
    story = shown().wait(minutes(9)).end("A")
    story.notify_all()

    assert [one.op for one in illustrated(story).notify_all()] == [Op.EDIT]
    assert not illustrated(story).state.chart_due


def left_out(story: Story) -> Story:
    """A has ended, and B is missing from newer bodies for long enough."""
    story.wait(minutes(9)).end("A").notify_all()
    return story.wait(GRACE)


EDITS: Final[Mapping[Reason, Callable[[Story], Story]]] = {
    Reason.NEW_ALERTS: lambda story: story.wait(minutes(9)).fire("C"),
    Reason.SOME_RESOLVED: lambda story: story.wait(minutes(9)).end("A"),
    Reason.ALL_RESOLVED: lambda story: story.wait(minutes(9)).end("A", "B"),
    Reason.UNREPORTED: left_out,
    Reason.STALE: lambda story: story.wait(Span(story.policy.timing.stale_after + 1)),
    Reason.REPEAT: lambda story: story.wait(hours(5)).see(an_alert("A", starts=START), an_alert("B", starts=START)),
}
"""What brings an edit, by its reason."""


@pytest.mark.parametrize("reason", EDITS)
def test_whatever_an_edit_was_for_a_chart_that_it_lacks_follows_once(reason: Reason) -> None:
    story = Story(a_policy(timing=a_timing(stale_after=hours(6)))).fire("A", "B")
    story.notify_all()
    made = EDITS[reason](story).notify_all()
    assert made[0].reason is reason
    shows = {one.last_shown.state for one in story.state.alerts.values()}

    [edit] = illustrated(story).notify_all()
    assert (edit.op, edit.reason, set(edit.shown.values())) == (Op.EDIT, Reason.REFRESH, shows)
    assert not illustrated(story).state.chart_due


def nothing_there() -> Story:
    return Story()


def changed() -> Story:
    return shown().fire("B")


def silenced() -> Story:
    return shown().silence("A")


def long_over() -> Story:
    story = shown().wait(minutes(9)).end("A")
    story.notify_all()
    return story.wait(minutes(1))


def taking_no_edits() -> Story:
    story = shown()
    story.state = replace(story.state, takes_no_edits=True)
    return story


def held() -> Story:
    return Story().silence("A").fire("A").look()


def long_ago() -> Story:
    """Its end was a day old when it was shown: the group has forgotten its alerts, and the message has not."""
    story = shown().wait(minutes(9)).end("A").wait(hours(25))
    story.notify_all()
    assert not story.state.alerts
    return story


@pytest.mark.parametrize("story", [nothing_there, changed, silenced, long_over, taking_no_edits, held, long_ago])
def test_there_is_none_for(story: object) -> None:
    assert callable(story)
    before = story()
    assert isinstance(before, Story)

    assert engine.illustrate(before.state, before.policy, before.now).after is before.state
