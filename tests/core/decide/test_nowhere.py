"""A receiver without a destination sends nothing: its changes are counted, and shown once it has one."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from router.core.engine import advance, awaits_destination
from router.core.model.alert import AlertId
from router.core.model.alert_state import ShownState
from router.core.model.event import EventKind
from router.core.model.group import MessageRef
from router.core.model.instant import NEVER
from router.core.model.operation import Op, Reason
from router.core.model.phase import Idle, Waiting
from router.core.model.rules.receiver import NO_CHANNEL
from router.core.model.transition import Transition
from router.core.slack.answer import Unreached
from tests.core.builders import Story, a_policy, a_receiver, a_resolve, an_alert, at, hours, minutes, seconds
from tests.examples import examples

A, B = AlertId("A"), AlertId("B")
NOWHERE = a_policy(a_receiver("null", channel=NO_CHANNEL))
SOMEWHERE = a_policy(a_receiver("null"))


def unsent(*names: str) -> Story:
    """A story whose alerts fired at noon and went nowhere."""
    return Story(NOWHERE).fire(*names).look()


def test_what_fires_is_counted_as_suppressed_with_an_event_and_nothing_is_called() -> None:
    story = unsent("A", "B")

    assert story.sums == {"accepted": 2, "changes": 2, "pending": 0, "suppressed:no_destination": 2}
    [event] = story.events
    assert (event.kind, event.reason, event.outcome) == (EventKind.SUPPRESSED, "no_destination", "suppressed")
    assert (story.phase, story.state.firing, story.state.message, story.calls) == (Idle, 2, None, 0)


def test_its_end_is_counted_too_also_within_group_wait() -> None:
    story = unsent("A").wait(minutes(1)).end("A").look()

    assert story.sums["suppressed:no_destination"] == 2
    assert "suppressed:ended_before_notified" not in story.sums
    assert story.state.closed


def test_it_is_known_what_fires_there_and_since_when_nobody_reports_it() -> None:
    story = unsent("A")
    assert story.state.alerts[A].last_shown.state is ShownState.FIRING

    story.wait(hours(12)).look()

    assert (story.state.alerts[A].last_shown.state, story.state.firing) == (ShownState.STALE, 0)
    assert story.sums["suppressed:no_destination"] == 1, "that nobody reports it changes nothing of the alert"


def test_what_is_sent_again_costs_no_look_before_a_repeat_would_be_due() -> None:
    story = unsent("A").wait(minutes(1)).see(an_alert("A"))

    assert story.due == at(hours(4))
    assert story.look().sums["changes"] == 1


def test_once_the_receiver_has_a_destination_what_still_fires_is_shown() -> None:
    story = unsent("A", "B").wait(minutes(1)).end("B").look()
    story.policy = SOMEWHERE
    assert awaits_destination(story.state, SOMEWHERE)

    [made] = story.wait(hours(1)).look().notify_all()

    assert (made.op, made.reason, dict(made.shown)) == (Op.POST, Reason.FIRST, {A: ShownState.FIRING})
    assert story.sums["notified"] == 1
    assert (story.sums["changes"], story.sums["suppressed:no_destination"]) == (4, 3)


def test_what_has_ended_before_the_receiver_had_a_destination_is_not_shown() -> None:
    story = unsent("A").wait(minutes(1)).end("A").look()
    story.policy = SOMEWHERE
    assert not awaits_destination(story.state, SOMEWHERE)

    story.wait(minutes(1)).fire("B")

    assert [dict(made.shown) for made in story.notify_all()] == [{B: ShownState.FIRING}]


def test_nothing_waits_for_a_destination_that_is_not_there_or_in_a_message_that_shows_it() -> None:
    assert not awaits_destination(unsent("A").state, NOWHERE)
    shown = Story(SOMEWHERE).fire("A")
    shown.notify_all()
    assert not awaits_destination(shown.state, SOMEWHERE)


def test_what_waits_in_a_lane_when_its_receiver_loses_its_destination_is_counted_there() -> None:
    story = Story(SOMEWHERE).fire("A").look()
    story.policy = NOWHERE

    counted = advance(story.state, NOWHERE, story.now)
    assert isinstance(counted, Transition)
    story.take(counted)

    assert (story.phase, story.sums["suppressed:no_destination"]) == (Idle, 1)


def test_a_call_that_failed_when_its_receiver_has_lost_its_destination_is_not_made_again() -> None:
    story = Story(SOMEWHERE).fire("A").look()
    made = story.begin()
    story.policy = NOWHERE

    story.finish(made, Unreached("connect"))
    story.look()

    assert (story.phase_before, story.phase) == (Waiting, Idle)
    assert story.sums["suppressed:no_destination"] == 1


def test_a_message_that_is_there_is_kept_true_to_its_end() -> None:
    """`policy_for` gives such a group the channel of its message."""
    story = Story(SOMEWHERE).fire("A")
    story.notify_all()
    story.policy = NOWHERE
    story.wait(minutes(1)).end("A")

    made = story.notify()

    assert (made.op, story.state.message) == (Op.EDIT, MessageRef("C1", "1.0"))


def test_what_is_to_be_shown_again_goes_nowhere_either() -> None:
    story = unsent("A")
    story.state = replace(story.state, refresh_due=True, phase=Waiting(story.now))

    story.look()

    assert (story.phase, story.state.refresh_due, story.state.refresh_at) == (Idle, False, NEVER)


STEPS = st.lists(
    st.tuples(
        st.sets(st.sampled_from("ABC")), st.sets(st.sampled_from("ABC")), st.sampled_from([1, 40, 400, 4_000, 50_000])
    ),
    max_size=12,
)


@examples(100)
@given(STEPS)
def test_whatever_comes_it_is_looked_at_once_a_time_and_ends_in_the_books(
    steps: list[tuple[set[str], set[str], int]],
) -> None:
    story = Story(NOWHERE)
    for firing, ended, wait in steps:
        alerts = [an_alert(one, starts=story.now) for one in sorted(firing)]
        story.see(*alerts, *(a_resolve(one, ends=story.now) for one in sorted(ended - firing)))
        story.wait(seconds(wait))
        for _ in range(3):
            if NEVER < story.due <= story.now:
                story.look()
        assert not NEVER < story.due <= story.now, "due at once for ever"
    assert story.calls == 0
    assert set(story.sums) <= {
        "accepted",
        "changes",
        "duplicates",
        "superseded",
        "pending",
        "suppressed:no_destination",
    }
