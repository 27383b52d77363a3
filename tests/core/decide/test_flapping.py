"""A message that is reopened again and again is edited, and nobody is notified until it is quiet."""

from dataclasses import replace

import pytest

from router.core.model.group import NO_FLAPS
from router.core.model.operation import Op, Reason
from router.core.model.rules.flapping import Flapping
from router.core.model.rules.receiver import OnChange
from router.core.slack.answer import Gone, Uneditable
from tests.core.builders import Story, a_policy, a_receiver, minutes

RULE = Flapping()
TURN = minutes(1)
REPLIES = {Op.REPLY_BROADCAST, Op.REPLY_THREAD}


def started(on_change: OnChange = OnChange.THREAD, rule: Flapping = RULE) -> Story:
    story = Story(replace(a_policy(a_receiver(on_change=on_change, mention=("<!here>",))), flapping=rule))
    story.fire("A").notify_all()
    return story


def turns(story: Story, times: int, span: int = TURN, severity: str = "warning") -> list[Op]:
    """It ends and fires again so often; the calls that this makes."""
    made = list[Op]()
    for _ in range(times):
        made += [one.op for one in story.wait(span).end("A").notify_all()]
        made += [one.op for one in story.wait(span).fire("A", severity=severity).notify_all()]
    return made


def flapping(on_change: OnChange = OnChange.THREAD) -> Story:
    """A story whose message was reopened three times within six minutes, and fires."""
    story = started(on_change)
    turns(story, 3)
    assert story.state.flaps.is_on
    return story


def test_after_three_reopenings_within_a_quarter_of_an_hour_it_is_edited_only() -> None:
    story = started()

    assert turns(story, 3) == [Op.EDIT, Op.REPLY_THREAD, Op.EDIT, Op.REPLY_BROADCAST] * 3
    assert turns(story, 4) == [Op.EDIT] * 8
    assert (story.state.flaps.is_on, story.state.flaps.count, story.state.reopened) == (True, 7, 7)


def test_the_reopening_by_which_it_begins_to_flap_says_so() -> None:
    story = started()
    turns(story, 2)
    story.wait(TURN).end("A").notify_all()

    [edit, reply] = story.wait(TURN).fire("A").notify_all()

    assert (edit.flaps.is_on, reply.flaps.is_on, reply.reopens, reply.mentions) == (True, True, True, True)


def test_reopenings_that_are_further_apart_are_notified_each() -> None:
    story = started()

    assert turns(story, 5, minutes(5)).count(Op.REPLY_BROADCAST) == 5
    assert not story.state.flaps.is_on


def test_when_it_has_been_quiet_one_reply_reports_that_in_the_thread_alone_where_nothing_fires() -> None:
    story = flapping()
    story.wait(TURN).end("A").notify_all()

    [edit, reply] = story.wait(minutes(10)).notify_all()

    assert (edit.op, edit.reason, edit.flaps.is_on) == (Op.EDIT, Reason.REFRESH, False)
    assert (reply.op, reply.reason, reply.flaps.count, reply.mentions) == (Op.REPLY_THREAD, Reason.QUIET, 3, False)
    assert story.state.closed
    assert story.state.flaps.count == 0


def test_where_it_fires_when_it_has_become_quiet_that_is_broadcast() -> None:
    made = flapping().wait(minutes(10)).notify_all()

    assert [(one.op, one.reason) for one in made] == [
        (Op.EDIT, Reason.REFRESH),
        (Op.REPLY_BROADCAST, Reason.QUIET),
    ]


def test_it_is_not_quiet_while_it_turns_and_alerts_that_come_and_go_beside_do_not_matter() -> None:
    story = flapping().wait(minutes(9)).end("A")
    story.notify_all()
    assert story.wait(minutes(9)).notify_all() == []
    assert story.state.flaps.is_on

    story = flapping().wait(minutes(9)).fire("B")
    story.notify_all()
    assert Reason.QUIET in [one.reason for one in story.wait(minutes(2)).notify_all()]


def test_after_that_each_turn_is_notified_again() -> None:
    story = flapping().wait(minutes(10))
    story.notify_all()

    assert turns(story, 1) == [Op.EDIT, Op.REPLY_THREAD, Op.EDIT, Op.REPLY_BROADCAST]


def test_a_worse_severity_is_broadcast_all_the_same() -> None:
    story = flapping()

    assert turns(story, 1, severity="critical") == [Op.EDIT, Op.EDIT, Op.REPLY_BROADCAST]


def test_a_receiver_that_posts_each_time_edits_its_last_message_meanwhile() -> None:
    story = started(OnChange.POST)

    assert set(turns(story, 3)) == {Op.POST}
    assert set(turns(story, 2)) == {Op.EDIT}


def test_a_receiver_with_edits_alone_gets_no_reply_when_it_is_quiet() -> None:
    story = flapping(OnChange.EDIT).wait(minutes(10))

    assert [one.op for one in story.notify_all()] == [Op.EDIT]


def test_a_message_that_takes_no_edits_goes_on_in_its_thread_alone() -> None:
    story = flapping().wait(TURN).end("A")
    story.notify(Uneditable("cant_update_message"))

    made = story.notify_all()

    assert [(one.op, one.mentions) for one in made] == [(Op.THREAD_FOR_EDIT, False)]


def test_a_new_message_is_counted_from_nothing() -> None:
    story = flapping().wait(TURN).end("A").wait(TURN).fire("A", "B")
    story.notify(Gone("message_not_found"))

    assert story.state.flaps == NO_FLAPS


@pytest.mark.parametrize("rule", [Flapping(reopenings=0), Flapping(window=minutes(3))])
def test_without_reopenings_or_in_a_shorter_window_nothing_flaps(rule: Flapping) -> None:
    story = started(rule=rule)

    assert turns(story, 6).count(Op.REPLY_BROADCAST) == 6
