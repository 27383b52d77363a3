"""A storm of which some alerts are silenced: the digest counts the others, and what was held back follows."""

from typing import Final

from router.core.slack.answer import HoldScope, Limited
from tests.core.builders import seconds
from tests.core.digest.storm import Storm

MANY: Final = range(1, 31)
SILENCED: Final = {number for number in MANY if number % 3 == 0}
"""Those whose alert is an A0."""


def test_what_is_silenced_is_in_no_digest() -> None:
    storm = Storm().silence().fire(*MANY).advance().look().advance().call()

    assert len(storm.held()) == len(SILENCED)
    assert storm.counts.groups == len(MANY) - len(SILENCED)
    assert storm.books.pending == len(SILENCED)


def test_what_is_silenced_while_it_waits_for_the_digest_is_not_counted_and_waits_for_none() -> None:
    storm = Storm().fire(*MANY).look().silence().advance().call().advance()

    waiting = storm.held()
    assert len(waiting) == len(SILENCED)
    assert all(one.shown_by is None for one in waiting)
    assert ("A0", "warning", "firing") not in storm.shown()


def test_what_is_silenced_after_it_was_counted_for_a_call_that_failed_is_counted_no_more() -> None:
    storm = Storm().fire(*MANY).look().call(Limited(seconds(5), HoldScope.CHANNEL))
    assert storm.counts.groups == len(MANY)

    storm.silence().wait(6).advance().call().advance()

    assert storm.counts.groups == len(MANY) - len(SILENCED)
    assert ("A0", "warning", "firing") not in storm.shown()


def test_in_the_end_all_is_shown_and_no_change_is_left() -> None:
    storm = Storm().silence().fire(*MANY).calm_down().release().calm_down()
    storm.end(*MANY).calm_down()

    assert storm.shown() == storm.truth()
    assert storm.books.pending == 0
    assert not storm.held()
