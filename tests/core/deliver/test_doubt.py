"""A post that may have been made is looked for, and what it showed is taken over as if it had been answered."""

import pytest

from router.core import engine
from router.core.deliver.doubt import PATIENCE
from router.core.model.alert import AlertId
from router.core.model.alert_state import ShownState
from router.core.model.group import MessageRef
from router.core.model.operation import Op
from router.core.model.phase import Idle, Uncertain, Waiting
from router.core.model.rules.receiver import OnChange
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
    Unreached,
)
from router.core.slack.search import Search
from tests.core.builders import Story, a_policy, a_receiver, an_alert, hours, minutes, seconds

A, B = AlertId("A"), AlertId("B")
FOUND = Accepted("C1", "1.0")


def doubted(*names: str) -> Story:
    """A first post that Slack gave no clear answer to."""
    story = Story().fire(*(names or ("A",))).look()
    story.finish(story.begin(), Ambiguous("timeout"))
    return story


def wanted(story: Story) -> Search:
    assert isinstance(story.state.phase, Uncertain)
    return engine.search_for(story.state, story.state.phase, story.policy)


def test_a_post_that_is_found_is_the_message_and_no_repeat() -> None:
    story = doubted("A", "B").ask(FOUND)

    assert story.state.message == MessageRef("C1", "1.0")
    assert story.phase is Idle
    assert story.state.pending == 0
    assert (story.sums["notified"], story.sums.get("possible_repeats", 0)) == (2, 0)
    assert story.state.firing == 2


def test_it_is_looked_for_by_the_id_of_the_call_where_it_was_to_go() -> None:
    story = Story().fire("A").look()
    made = story.begin()
    story.finish(made, Ambiguous("timeout"))

    assert wanted(story) == Search(story.policy.receiver.channel, made.lease.delivery_id, made.claimed_at)


def test_a_broadcast_is_looked_for_in_its_thread() -> None:
    story = Story().fire("A")
    story.notify_all()
    story.wait(minutes(1)).fire("B")
    story.notify()
    story.finish(story.begin(), Ambiguous("timeout"))
    message = story.state.message

    assert message is not None
    assert wanted(story).parent == message
    story.ask(Accepted("C1", "7.0"))
    assert story.phase is Idle
    assert story.state.message == message
    assert story.sums.get("possible_repeats", 0) == 0


def test_what_changed_since_the_call_began_is_shown_by_an_edit() -> None:
    story = Story().fire("A", "B").look()
    made = story.begin()
    story.wait(seconds(1)).end("A").fire("C").finish(made, Ambiguous("timeout"))
    story.wait(seconds(1)).end("A").ask(FOUND)

    assert story.state.alerts[A].last_shown.state is ShownState.FIRING
    assert story.state.alerts[AlertId("C")].last_shown.state is ShownState.NOTHING
    assert story.state.pending == 2
    assert story.sums["notified"] == 2
    edit = story.notify()
    assert edit.shown == {A: ShownState.RESOLVED, B: ShownState.FIRING, AlertId("C"): ShownState.FIRING}
    assert story.sums["notified"] == 4
    assert story.sums["changes"] == story.sums["notified"] + story.sums.get("superseded", 0)


def test_it_is_found_as_well_when_nobody_knows_any_more_what_was_called() -> None:
    """The worker died with the call; another one looks."""
    story = Story().fire("A").look()
    story.begin()
    story.wait(seconds(1)).end("A").look()
    assert story.phase is Uncertain
    story.ask(FOUND)

    assert story.state.alerts[A].last_shown.state is ShownState.FIRING
    assert story.notify().shown == {A: ShownState.RESOLVED}


def test_what_an_earlier_call_left_behind_is_not_taken_for_what_this_one_shows() -> None:
    story = Story().fire("A").look()
    made = story.begin()
    story.wait(seconds(1)).end("A").fire("B").finish(made, Unreached("dns"))
    made = story.begin()
    assert all(alert.at_call is None for alert in story.state.alerts.values())
    story.finish(made, Ambiguous("timeout"))
    story.ask(FOUND)

    assert story.state.pending == 0
    assert story.state.alerts[B].last_shown.state is ShownState.FIRING


def test_alerts_that_left_meanwhile_are_shown_as_such_by_an_edit() -> None:
    story = Story().fire("A", "B").look()
    made = story.begin()
    story.take(engine.leave(story.state, frozenset({A}), story.now))
    story.finish(made, Ambiguous("timeout"))
    story.ask(FOUND)

    assert story.notify().shown == {A: ShownState.REROUTED, B: ShownState.FIRING}


def test_what_is_to_be_shown_once_more_since_the_call_began_is_shown_by_an_edit() -> None:
    story = doubted("A")
    story.wait(seconds(1)).see(an_alert("A"), unsent=3)
    assert story.state.refresh_due

    story.ask(FOUND)

    assert [one.op for one in story.notify_all()] == [Op.EDIT]


@pytest.mark.parametrize(
    "answer",
    [Gone("not_in_history"), TokenDead("missing_scope"), ChannelDead("not_in_channel"), Refused("invalid_cursor")],
)
def test_not_found_or_not_allowed_to_look_it_is_posted_again_and_counted(answer: Answer) -> None:
    story = doubted().ask(answer)

    assert story.phase is Waiting
    assert story.sums["possible_repeats"] == 1
    story.notify()
    assert story.sums["notified"] == 1


@pytest.mark.parametrize("answer", [Limited(seconds(5), HoldScope.METHOD), Unreached("dns"), Ambiguous("timeout")])
def test_where_slack_does_not_answer_it_is_asked_again_for_a_while(answer: Answer) -> None:
    story = doubted()
    lapses = story.now
    while story.phase is Uncertain:
        assert story.now < lapses + hours(1)
        story.ask(answer)

    assert story.now >= lapses + PATIENCE - seconds(30)
    assert story.sums["possible_repeats"] == 1


def test_time_in_which_nobody_could_ask_does_not_count() -> None:
    """Sending was on hold, or the token was dead: Slack is asked all the same, before anything is posted again."""
    story = doubted().wait(hours(1)).ask(Limited(seconds(5), HoldScope.METHOD))
    story.wait(hours(1)).ask(FOUND)

    assert story.state.message == MessageRef("C1", "1.0")
    assert story.sums.get("possible_repeats", 0) == 0


def test_an_answer_about_another_call_changes_nothing() -> None:
    story = doubted()
    phase = story.state.phase
    assert isinstance(phase, Uncertain)
    story.ask(Gone("not_in_history")).look()
    story.finish(story.begin(), Ambiguous("timeout"))
    before = story.state
    assert engine.judge(before, phase, FOUND, story.policy, story.now).after == before


def test_a_call_that_was_not_made_after_all_is_made_again_and_not_counted() -> None:
    """Its answer came after its lease: nobody needs to look."""
    story = Story().fire("A").look()
    made = story.begin()
    story.look()
    story.finish(made, Limited(seconds(1), HoldScope.CHANNEL))

    assert story.sums.get("possible_repeats", 0) == 0
    story.notify()
    assert story.sums["notified"] == 1


def test_a_receiver_that_posts_each_time_keeps_its_old_message_until_the_new_one_is_found() -> None:
    story = Story(a_policy(a_receiver(on_change=OnChange.POST))).fire("A")
    story.notify_all()
    story.wait(minutes(1)).fire("B").look()
    story.finish(story.begin(), Ambiguous("timeout"))
    assert wanted(story).parent is None
    story.ask(Accepted("C1", "5.0"))

    assert story.state.message == MessageRef("C1", "5.0")
    assert story.state.pending == 0
