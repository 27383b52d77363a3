"""The books add up to nothing for every transition, and are stored by name."""

from router.core.model.ledger import LedgerEntry, Suppressed
from router.core.model.phase import Idle, Waiting
from router.core.model.transition import NO_ENTRY
from tests.core.builders import Story, a_policy, a_timing, minutes, seconds


def test_a_change_is_shown_superseded_suppressed_or_pending() -> None:
    assert (
        LedgerEntry(
            changes=4, notified=1, superseded=1, suppressed={Suppressed.ENDED_BEFORE_NOTIFIED: 1}, pending=1
        ).balance
        == 0
    )
    assert LedgerEntry(changes=1).balance == 1
    assert LedgerEntry(notified=1).balance == -1
    assert LedgerEntry(accepted=5, duplicates=3, possible_repeats=1).balance == 0


def test_additions_are_named_as_in_redis_and_zeros_are_left_out() -> None:
    assert NO_ENTRY.fields() == {}
    books = LedgerEntry(
        changes=2, pending=-1, suppressed={Suppressed.MESSAGE_GONE: 3, Suppressed.ENDED_BEFORE_NOTIFIED: 0}
    )
    assert books.fields() == {"changes": 2, "pending": -1, "suppressed:message_gone": 3}


def test_a_plain_life_is_counted_change_by_change() -> None:
    story = Story()
    story.fire("A", "B")
    assert story.sums == {"changes": 2, "pending": 2, "accepted": 2}
    story.notify()
    assert story.sums == {"changes": 2, "notified": 2, "pending": 0, "accepted": 2}
    story.fire("A")
    assert story.sums == {"changes": 2, "notified": 2, "pending": 0, "accepted": 3, "duplicates": 1}
    story.wait(minutes(1)).end("A").notify_all()
    assert story.sums == {"changes": 3, "notified": 3, "pending": 0, "accepted": 4, "duplicates": 1}


def test_a_change_on_top_of_an_pending_one_supersedes_it() -> None:
    story = Story()
    story.fire("A").notify()
    story.wait(seconds(1)).end("A").wait(seconds(1)).fire("A").wait(seconds(1)).end("A")
    assert story.phase is Waiting
    assert story.sums["changes"] == 4
    assert story.sums["superseded"] == 2
    story.notify_all()
    assert (story.sums["notified"], story.sums["superseded"], story.sums["pending"]) == (2, 2, 0)


def test_what_fired_and_ended_within_group_wait_is_suppressed_with_its_reason() -> None:
    story = Story(a_policy(timing=a_timing(group_wait=seconds(30))))
    story.fire("A").wait(seconds(5)).end("A").look()
    assert story.phase is Idle
    assert story.sums["suppressed:ended_before_notified"] == 1
    assert story.sums["changes"] == 2
    assert story.sums["superseded"] == 1
    assert story.events[-1].reason == "ended_before_notified"
