"""When edits run short, what was edited a moment ago waits longer; what is urgent, and an end, give way to nobody."""

import pytest

from router.core import engine
from router.core.decide.give_way import LONGEST
from router.core.model.instant import NEVER, Instant
from tests.core.builders import Story, a_policy, a_timing, minutes, seconds


def changed(*, severity: str = "warning", interval_s: float = 30) -> Story:
    """Shown, and one more alert by the time its interval has passed."""
    story = Story(a_policy(timing=a_timing(group_interval=seconds(interval_s)))).fire("A")
    story.notify_all()
    return story.wait(minutes(10)).fire("B", severity=severity).look()


def until(story: Story) -> Instant:
    return engine.gives_way_until(story.state, story.decide(), story.policy, story.now)


def test_it_waits_for_up_to_four_intervals_since_its_last_edit() -> None:
    story = changed()

    assert until(story) == story.state.notified_at + 4 * seconds(30)


def test_a_long_interval_grows_by_two_minutes_at_most() -> None:
    story = changed(interval_s=300)

    assert until(story) == story.state.notified_at + seconds(300) + LONGEST


def test_what_is_critical_gives_way_to_nobody() -> None:
    assert until(changed(severity="critical")) == NEVER


def test_an_end_and_a_first_message_give_way_to_nobody() -> None:
    ended = Story().fire("A")
    ended.notify_all()
    assert until(ended.wait(minutes(10)).end("A").look()) == NEVER
    assert until(Story().fire("A").look()) == NEVER


@pytest.mark.parametrize("what", ["critical", "end"])
def test_who_gave_way_and_becomes_urgent_goes_at_once(what: str) -> None:
    story = changed()
    story.take(engine.give_way(story.state, Instant(story.now + minutes(2)), story.now))
    _ = story.fire("C", severity="critical") if what == "critical" else story.end("A").end("B")

    assert story.due == story.now


def test_who_gave_way_is_as_old_as_it_was() -> None:
    story = changed()
    since = story.state.phase.tries.since  # type: ignore[union-attr]
    story.take(engine.give_way(story.state, Instant(story.now + minutes(2)), story.now))
    story.look()

    assert story.state.phase.tries.since == since  # type: ignore[union-attr]
