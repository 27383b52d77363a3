"""What a rule may hold back waits a while before it is first shown, since its source may come after it."""

from collections.abc import Collection

import pytest

from router.core import engine
from router.core.model.alert import AlertId
from router.core.model.observation import Observations
from router.core.model.phase import Idle
from router.core.model.rules.route import Timing
from tests.core.builders import Story, a_policy, a_resolve, a_timing, an_alert, at, minutes, seconds


def a_story(timing: Timing | None = None) -> Story:
    return Story(a_policy(timing=timing or a_timing(inhibit_grace=seconds(5))))


def fire(story: Story, *names: str, targets: Collection[str], ended: Collection[str] = ()) -> None:
    """Fold a body; some of its alerts may be inhibited by others."""
    alerts = [a_resolve(name) if name in ended else an_alert(name, starts=story.now) for name in names]
    seen = Observations(alerts, story.now, "g", targets=frozenset(map(AlertId, targets)))
    story.take(engine.fold(story.state, seen, story.policy.timing, story.policy.severity, story.now))


def test_a_possible_target_waits_and_what_is_none_does_not() -> None:
    waits, other = a_story(), a_story()
    fire(waits, "T", targets="T")
    fire(other, "A", targets="")

    assert (waits.due, other.due) == (at(seconds(5)), at(0))


def test_what_comes_with_a_possible_target_does_not_wait_for_it() -> None:
    story = a_story()
    fire(story, "T", "A", targets="T")
    assert story.due == at(0)


def test_what_comes_after_a_possible_target_does_not_wait_for_it() -> None:
    story = a_story()
    fire(story, "T", targets="T")
    story.wait(seconds(1))
    fire(story, "A", targets="")
    assert story.due == at(seconds(1))


@pytest.mark.parametrize("more", [["U"], ["T"], ["T", "U", "V"]])
def test_further_possible_targets_make_nobody_wait_longer_and_none_is_shown_sooner(more: list[str]) -> None:
    story = a_story()
    fire(story, "T", targets="T")
    story.wait(seconds(3))
    fire(story, *more, targets=more)
    assert story.due == at(seconds(5))


def test_many_possible_targets_wait_as_one_does() -> None:
    """A large body is folded in portions."""
    story = a_story()
    for start in range(0, 300, 50):
        names = [f"T{number}" for number in range(start, start + 50)]
        fire(story, *names, targets=names)
    assert story.due == at(seconds(5))


def test_the_longer_of_group_wait_and_grace_holds() -> None:
    for wait, due in ((3, 5), (9, 9)):
        story = a_story(a_timing(group_wait=seconds(wait), inhibit_grace=seconds(5)))
        fire(story, "T", targets="T")
        assert story.due == at(seconds(due))


def test_a_possible_target_that_joins_a_shown_group_waits_too() -> None:
    story = a_story()
    fire(story, "A", targets="")
    story.notify_all()
    story.wait(minutes(10))

    fire(story, "A", "T", targets="T")

    assert story.due == at(minutes(10) + seconds(5))


def test_a_possible_target_that_ends_within_its_grace_waits_no_longer() -> None:
    story = a_story()
    fire(story, "T", targets="T")
    story.wait(seconds(2))
    fire(story, "T", targets="T", ended="T")

    assert (story.due, story.notify_all(), story.phase) == (at(seconds(2)), [], Idle)
