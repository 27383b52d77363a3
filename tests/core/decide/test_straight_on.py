"""A new group goes straight into its lane, as if it had had its turn, and only where a turn would do just that."""

from router.core import engine
from router.core.model.phase import Queued, Rank, Waiting
from router.core.model.transition import Transition
from tests.core.builders import Story, a_policy, a_timing, seconds


def straight_on(story: Story) -> Transition:
    return engine.straight_on(Transition(story.state), story.policy, story.now)


def test_what_need_not_wait_is_queued_as_its_turn_would_queue_it() -> None:
    story = Story().fire("A", "B")

    gone_on = straight_on(story)

    assert gone_on.after == story.look().state
    assert isinstance(gone_on.after.phase, Queued)
    assert gone_on.entry.balance == 0


def test_a_critical_one_is_urgent_there() -> None:
    after = straight_on(Story().fire("A", severity="critical")).after

    assert isinstance(after.phase, Queued)
    assert after.phase.rank is Rank.URGENT


def test_what_waits_goes_on_waiting() -> None:
    story = Story(a_policy(timing=a_timing(group_wait=seconds(9)))).fire("A")

    assert straight_on(story) == Transition(story.state)


def test_what_has_ended_is_left_to_its_turn() -> None:
    story = Story().fire("A").end("A")

    assert isinstance(straight_on(story).after.phase, Waiting)


def test_what_is_in_its_lane_stays_as_it_is() -> None:
    story = Story().fire("A").look()

    assert straight_on(story) == Transition(story.state)
