"""The time before a call is parted into what the route asks for, what budgets imposed, and ours."""

import pytest

from router.core.deliver.settle import settle
from router.core.deliver.waited import Waited, waited, with_waits
from router.core.model.group import NO_SPAN
from router.core.model.instant import NEVER, Instant, Span
from router.core.slack.answer import Accepted, TokenDead
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
    made = story.look().wait(seconds(passed)).begin()

    assert waited(made, Instant(made.claimed_at - seconds(passed - group_wait)), seconds(budget)) == Waited(
        *map(seconds, found)
    )


def test_what_is_due_by_its_interval_has_waited_for_that_at_the_tenants_wish() -> None:
    story = notified("A").fire("B").wait(minutes(1)).look()
    made, interval = story.begin(), story.policy.timing.group_interval

    found = waited(made, Instant(made.claimed_at - minutes(1) + interval), NO_SPAN)

    assert found == Waited(minutes(1), interval, NO_SPAN, Span(minutes(1) - interval))


def test_where_nothing_new_is_due_all_is_ours_but_what_budgets_imposed() -> None:
    made = Story().fire("A").look().wait(seconds(5)).begin()

    assert waited(made, NEVER, seconds(2)) == Waited(seconds(5), NO_SPAN, seconds(2), seconds(3))


YES = Accepted("C1", "1.0")


def test_the_event_of_a_call_notes_since_when_it_was_due_and_what_budgets_imposed() -> None:
    story = Story().fire("A").look().wait(seconds(9))
    made = story.begin()
    settled = settle(made.snapshot, made, YES, story.policy, made.claimed_at)

    [event] = with_waits(settled, made, Instant(made.claimed_at - seconds(7)), seconds(2)).events

    assert (event.due_at, event.imposed) == (made.claimed_at - seconds(7), seconds(2))


def test_what_was_not_due_and_what_was_not_shown_have_no_such_times() -> None:
    story = Story().fire("A").look().wait(seconds(9))
    made = story.begin()
    shown = settle(made.snapshot, made, YES, story.policy, made.claimed_at)
    parked = settle(made.snapshot, made, TokenDead("revoked"), story.policy, made.claimed_at)

    assert [one.due_at for one in with_waits(shown, made, NEVER, seconds(2)).events] == [NEVER]
    assert [one.due_at for one in with_waits(parked, made, made.claimed_at, seconds(2)).events] == [NEVER]
