"""The time before a call is parted into what the route asks for, what budgets imposed, and ours."""

from dataclasses import replace

import pytest

from router.core.deliver.waited import Waited, waited
from router.core.model.group import NO_SPAN
from router.core.model.instant import Span
from router.core.mute.mute import Mutes
from tests.core.builders import Story, minutes, seconds
from tests.core.decide.test_decide import notified


@pytest.mark.parametrize(
    ("group_wait", "passed", "budget", "found"),
    [
        (0, 0, 0, (0, 0, 0, 0)),
        (0, 5, 0, (5, 0, 0, 5)),
        (0, 5, 3, (5, 0, 3, 2)),
        (0, 5, 60, (5, 0, 5, 0)),
        (2, 5, 0, (5, 2, 0, 3)),
        (2, 5, 60, (5, 2, 3, 0)),
    ],
)
def test_the_parts_are_the_whole(group_wait: int, passed: int, budget: int, found: tuple[int, ...]) -> None:
    story = Story().fire("A")
    policy = replace(story.policy, timing=replace(story.policy.timing, group_wait=seconds(group_wait)))
    made = story.look().wait(seconds(passed)).begin()

    assert waited(made, policy, seconds(budget)) == Waited(*map(seconds, found))


def test_a_change_of_what_is_shown_waits_for_its_interval() -> None:
    story = notified("A").fire("B").wait(minutes(1)).look()

    found = waited(story.begin(), story.policy, NO_SPAN)

    assert found == Waited(minutes(1), story.policy.timing.group_interval, NO_SPAN, Span(minutes(1) - found.asked))


def test_what_may_have_been_held_back_is_not_called_ours() -> None:
    story = Story().fire("A").look().wait(seconds(5))

    found = waited(story.begin(), replace(story.policy, mutes=Mutes()), NO_SPAN)

    assert (found.total, found.own) == (seconds(5), None)
