"""What is silenced is held back, and sent as it is when that ends; the end of what was shown is shown at once."""

from dataclasses import replace

import pytest

from router.core.decide.notification import Notification
from router.core.decide.policy import Policy
from router.core.decide.standing import Outcome, standing
from router.core.fold.fold import MAX_CONTENTS
from router.core.match.matcher import parse_matchers
from router.core.model.alert import AlertId
from router.core.model.alert_state import ShownState
from router.core.model.event import EventKind
from router.core.model.group import AlertGroup
from router.core.model.instant import MILLISECOND, Instant
from router.core.model.muted import MutedBy
from router.core.model.operation import Op, Reason
from router.core.model.phase import Held, Idle, Waiting
from router.core.model.rules.receiver import OnChange
from router.core.model.rules.silence import Silence, Silences
from router.core.mute.mute import Mutes
from router.core.slack.answer import Gone, Uneditable
from tests.core.builders import Story, a_key, a_policy, a_receiver, a_timing, an_alert, at, hours, minutes, seconds


def held_by(story: Story) -> Held:
    assert isinstance(story.state.phase, Held), story.state.phase
    return story.state.phase


def shown_now(story: Story) -> dict[AlertId, ShownState]:
    return {one: alert.last_shown.state for one, alert in story.state.alerts.items()}


def test_a_silenced_alert_is_pending_and_says_by_whom_and_until_when() -> None:
    story = Story().silence("A").fire("A").look()

    phase = held_by(story)
    assert (phase.muted.by, phase.muted.author) == (MutedBy.SILENCED, "ana")
    assert story.sums["pending"] == 1
    assert [(one.kind, one.reason) for one in story.events] == [(EventKind.HELD, "silenced")]


def test_it_is_decided_again_as_soon_as_the_silence_has_ended_and_sent_as_it_is_then() -> None:
    story = Story()
    end = Instant(story.now + minutes(10))
    story.silence("A", until=end).fire("A").look()
    assert held_by(story).until == end + MILLISECOND

    story.wait(minutes(2)).fire("A")
    [first] = story.look().notify_all()

    assert (first.op, first.reason, first.shown) == (Op.POST, Reason.FIRST, {AlertId("A"): ShownState.FIRING})
    assert story.now == end + MILLISECOND
    assert (story.sums["notified"], story.sums["pending"]) == (1, 0)


def test_a_long_silence_is_looked_at_each_hour_and_is_one_event() -> None:
    story = Story().silence("A").fire("A").look()
    for _ in range(3):
        before = story.now
        story.look()
        assert story.now - before == hours(1)

    assert len(story.events) == 1


def test_what_ends_while_it_is_silenced_is_in_the_books_by_that_name() -> None:
    story = Story().silence("A").fire("A").look().wait(minutes(1)).end("A").look()

    assert story.phase is Idle
    assert (story.sums["suppressed:silenced"], story.sums["pending"]) == (1, 0)
    assert [one.kind for one in story.events] == [EventKind.HELD, EventKind.SUPPRESSED]


def test_whoever_asks_why_is_given_what_held_it_back_until_it_fires_again() -> None:
    story = Story().silence("A").fire("A").look().wait(minutes(1)).end("A").look()

    story.unsilence().wait(minutes(1)).end("A")
    stands = standing(story.state, AlertId("A"), story.policy, story.now)
    assert stands.outcome is Outcome.NEVER_SHOWN
    assert stands.muted is not None
    assert stands.muted.author == "ana"

    story.wait(minutes(1)).fire("A").notify_all()
    assert standing(story.state, AlertId("A"), story.policy, story.now).muted is None


def test_others_of_its_group_are_shown_without_it_and_it_follows() -> None:
    story = Story().silence("B").fire("A", "B")
    [first] = story.look().notify_all_but_held()

    assert first.shown == {AlertId("A"): ShownState.FIRING}
    assert [one.by for one in first.held.values()] == [MutedBy.SILENCED]
    assert story.sums["pending"] == 1

    edit, reply = story.wait(minutes(1)).unsilence().notify_all()
    assert edit.shown == {AlertId("A"): ShownState.FIRING, AlertId("B"): ShownState.FIRING}
    assert (reply.op, reply.shown) == (Op.REPLY_BROADCAST, {AlertId("B"): ShownState.FIRING})


def test_the_end_of_what_was_shown_is_an_edit_at_once_and_its_reply_waits_for_the_mute() -> None:
    story = Story().fire("A")
    story.notify_all()
    story.wait(minutes(1)).silence("A").end("A")

    edits = story.look().notify_all_but_held()
    assert [(one.op, one.shown) for one in edits] == [(Op.EDIT, {AlertId("A"): ShownState.RESOLVED})]
    assert held_by(story).muted.author == "ana"

    [reply] = story.wait(minutes(1)).unsilence().notify_all()
    assert (reply.op, reply.shown) == (Op.REPLY_THREAD, {AlertId("A"): ShownState.RESOLVED})


def test_what_is_shown_and_then_silenced_stays_shown_and_is_not_repeated() -> None:
    story = Story().fire("A")
    story.notify_all()
    story.silence("A").wait(hours(5)).fire("A").look()

    assert held_by(story).muted.by is MutedBy.SILENCED
    assert shown_now(story) == {AlertId("A"): ShownState.FIRING}
    assert story.sums["pending"] == 0


def test_a_repeat_that_is_held_back_is_looked_at_each_hour_and_other_timers_when_they_are_due() -> None:
    story = Story(a_policy(timing=a_timing(stale_after=hours(1.5)))).fire("A")
    story.notify_all()
    story.silence("A").wait(hours(5)).fire("A").look()
    assert story.due == story.now + hours(1)

    assert story.look().due == story.now + hours(0.5) + 1
    assert story.look().notify().shown == {AlertId("A"): ShownState.STALE}


def test_what_is_left_out_while_another_is_held_back_is_shown_so_after_five_minutes_one_after_the_other() -> None:
    story = Story().silence("B").fire("A", "C")
    story.look().notify_all()
    story.wait(minutes(1)).fire("A", "C", "B").look()

    story.wait(minutes(1)).fire("A", "B")
    [left_out] = _calls_until(story, story.now + minutes(6))
    story.wait(minutes(1)).fire("B")
    [left_out_too] = _calls_until(story, story.now + minutes(6))

    assert (left_out.op, left_out.reason, left_out_too.reason) == (Op.EDIT, Reason.UNREPORTED, Reason.UNREPORTED)
    assert shown_now(story) == {"A": ShownState.UNREPORTED, "B": ShownState.NOTHING, "C": ShownState.UNREPORTED}


def _calls_until(story: Story, end: int) -> list[Notification]:
    made: list[Notification] = []
    while story.due <= end:
        story.look()
        made += story.notify_all_but_held()
    return made


def test_a_group_with_something_that_is_not_silenced_is_repeated() -> None:
    story = Story().fire("A", "B")
    story.notify_all()
    story.silence("A").wait(hours(5)).fire("A", "B").look()

    assert story.notify().reason is Reason.REPEAT


def test_what_was_silenced_while_it_waited_in_its_lane_is_not_sent() -> None:
    story = Story().fire("A").look().silence("A").step()

    assert held_by(story).muted.by is MutedBy.SILENCED


def test_an_alert_that_ended_and_fires_again_unseen_leaves_its_message_as_it_is() -> None:
    story = Story(a_policy(a_receiver(on_change=OnChange.EDIT))).fire("A", "B")
    story.notify_all()
    story.wait(minutes(1)).silence("A").end("A")
    story.look().notify_all()
    story.wait(minutes(1)).fire("A").wait(seconds(1)).end("B").look()

    edit = story.notify()

    assert edit.shown == {AlertId("A"): ShownState.RESOLVED, AlertId("B"): ShownState.RESOLVED}
    assert list(edit.held) == [AlertId("A")]


def test_a_message_that_was_held_too_long_to_be_reopened_gets_a_new_one() -> None:
    story = Story(a_policy(a_receiver(on_change=OnChange.EDIT))).fire("A")
    story.notify_all()
    story.wait(minutes(1)).end("A").look().notify_all()
    story.wait(minutes(1)).silence("A").fire("A").look().notify_all_but_held()

    [post] = story.wait(hours(2)).unsilence().notify_all()

    assert (post.op, post.reason, post.reopens) == (Op.POST, Reason.FIRST, False)


def test_news_behind_a_reply_that_is_held_back_waits_for_the_next_edit() -> None:
    story = Story().fire("A", "B")
    story.notify_all()
    story.wait(minutes(1)).end("A").look()
    assert story.notify().op is Op.EDIT

    story.silence("A").wait(seconds(1)).fire("C").step()

    assert isinstance(story.state.phase, Waiting)
    assert story.due == story.state.notified_at + story.policy.timing.group_interval
    assert story.look().notify().shown[AlertId("C")] is ShownState.FIRING


def test_beyond_the_alerts_whose_labels_are_kept_the_labels_of_the_group_decide() -> None:
    story = Story(state=AlertGroup(a_key(alertname="Big")))
    silence = Silence("s1", (parse_matchers('alertname="Big"'),), story.now, Instant(story.now + hours(9)), "ana")
    story.policy = replace(story.policy, mutes=Mutes(silences=Silences([silence])))
    many = [
        an_alert(str(number), labels={"alertname": "Big", "n": str(number)}) for number in range(MAX_CONTENTS + 9)
    ]
    story.see(*many).look()

    assert held_by(story).muted.author == "ana"
    assert story.sums["pending"] == len(many)


@pytest.mark.parametrize("on_change", OnChange)
def test_whatever_shows_changes_nobody_is_notified_of_an_end_that_is_silenced(on_change: OnChange) -> None:
    story = Story(a_policy(a_receiver(on_change=on_change))).fire("A")
    story.notify_all()

    story.wait(minutes(1)).silence("A").end("A").look()
    notification = story.notify()

    assert (notification.op, notification.shown) == (Op.EDIT, {AlertId("A"): ShownState.RESOLVED})


def test_where_a_message_takes_no_edits_the_end_that_is_silenced_is_no_broadcast() -> None:
    story = Story().fire("A")
    story.notify_all()
    story.wait(minutes(1)).silence("A").end("A").look()

    assert story.notify(Uneditable("edit_window_closed")).op is Op.EDIT
    assert story.notify().op is Op.THREAD_FOR_EDIT


def test_a_message_that_is_gone_is_not_made_again_for_what_is_silenced() -> None:
    story = Story().fire("A")
    story.notify_all()
    story.wait(minutes(1)).silence("B").fire("B").look()
    story.wait(minutes(1)).end("A").look()

    assert story.notify(Gone("message_not_found")).op is Op.EDIT
    assert story.notify_all_but_held() == []
    assert held_by(story).muted.author == "ana"
    assert (story.sums["suppressed:message_gone"], story.sums["pending"]) == (1, 1)

    [post] = story.wait(minutes(1)).unsilence().notify_all()
    assert (post.op, post.shown) == (Op.POST, {AlertId("B"): ShownState.FIRING})


def closed(policy: Policy | None = None) -> Story:
    """A message that shows one alert as resolved, a minute ago."""
    story = Story(policy or a_policy()).fire("A")
    story.notify_all()
    story.wait(minutes(1)).end("A").notify_all()
    return story.wait(minutes(1))


@pytest.mark.parametrize("on_change", OnChange)
def test_a_closed_message_says_that_one_fires_again_unseen_and_notifies_nobody(on_change: OnChange) -> None:
    story = closed(a_policy(a_receiver(on_change=on_change))).silence("A").fire("A").look()

    [edit] = story.notify_all_but_held()

    assert (edit.op, edit.reason, edit.mentions) == (Op.EDIT, Reason.REFRESH, False)
    assert edit.shown == {AlertId("A"): ShownState.RESOLVED}
    assert [one.author for one in edit.held.values()] == ["ana"]
    assert story.sums["pending"] == 1


def test_it_is_edited_once_for_as_many_until_the_same_time() -> None:
    story = closed().silence("A", "B").fire("A").look()
    story.notify_all_but_held()

    assert story.wait(minutes(1)).fire("A").look().notify_all_but_held() == []
    [edit] = story.wait(minutes(1)).fire("B").look().notify_all_but_held()

    assert list(edit.held) == [AlertId("A"), AlertId("B")]


def test_a_silence_that_lasts_longer_is_shown_with_its_new_end() -> None:
    story = closed().silence("A", until=at(hours(2))).fire("A").look()
    story.notify_all_but_held()

    [edit] = story.silence("A", until=at(hours(3))).step().notify_all_but_held()

    assert [one.until for one in edit.held.values()] == [at(hours(3))]


def test_once_it_has_ended_unseen_the_message_says_so_no_more_however_late_that_is() -> None:
    story = closed().silence("A").fire("A").look()
    story.notify_all_but_held()

    story.wait(hours(3)).look()
    [edit] = story.wait(minutes(1)).end("A").look().notify_all()

    assert (edit.op, edit.reason, edit.held) == (Op.EDIT, Reason.REFRESH, {})
    assert edit.shown == {AlertId("A"): ShownState.RESOLVED}
    assert (story.sums["suppressed:silenced"], story.phase) == (1, Idle)


def test_when_the_silence_ends_soon_its_message_is_reopened() -> None:
    story = closed().silence("A").fire("A").look()
    story.notify_all_but_held()

    edit, reply = story.wait(minutes(5)).unsilence().notify_all()

    assert (edit.op, edit.reopens, edit.held) == (Op.EDIT, True, {})
    assert (reply.op, reply.reopens) == (Op.REPLY_BROADCAST, True)


def test_a_message_closed_too_long_ago_to_be_reopened_is_left_as_it_is() -> None:
    story = closed().wait(minutes(11)).silence("A").fire("A").look()

    assert held_by(story).muted.author == "ana"
    assert story.state.message is None


def test_what_slack_does_not_edit_is_left_as_it_is() -> None:
    story = closed().silence("A").fire("A").look()

    assert story.notify(Uneditable("edit_window_closed")).op is Op.EDIT
    assert story.notify_all_but_held() == []


def test_a_closed_message_that_is_gone_is_not_made_again_for_that() -> None:
    story = closed().silence("A").fire("A").look()

    assert story.notify(Gone("message_not_found")).op is Op.EDIT
    assert story.notify_all_but_held() == []
    assert story.sums["pending"] == 1
