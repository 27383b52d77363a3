"""Between which times events of a tenant are missing, by their numbers."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from router.core.model.changed import replace
from router.core.model.event import Numbered
from router.core.model.instant import Instant


class Lack(StrEnum):
    """Why nobody knows what happened."""

    NOT_COUNTED = "not_counted"
    """The tenant's events were not numbered yet."""
    EVENTS_MISSING = "events_missing"
    """There were events that are not there: expired, or dropped while Kafka took none."""
    DATA_LOST = "data_lost"
    """Redis lost the tenant's data, and with it the events that were not in Kafka."""
    NOT_IN_KAFKA = "not_in_kafka"
    """The newest events wait until Kafka takes them."""


@dataclass(frozen=True, slots=True)
class Gap:
    """From when until when; `events` is how many are missing, 0 where that is not known."""

    since: Instant
    until: Instant
    lack: Lack
    events: int = 0


Place = tuple[Numbered, Instant]
"""An event's number, and its time."""


def gaps(there: Iterable[Place], last: Numbered | None, since: Instant, until: Instant) -> list[Gap]:
    """The gaps that reach into the time from `since` until `until`, cut to it.

    `there` may be in any order and hold an event twice; `last` is the newest event that there ever was.
    """
    found = sorted(dict(there).items())
    if found:
        every = [*_before(found[0], since), *_between(found), *_after(found[-1], last, until)]
    else:
        every = [_nothing(last, since, until)]
    within = [one for one in every if since <= one.until and one.since < until]
    return [replace(one, since=max(since, one.since), until=min(until, one.until)) for one in within]


def _nothing(last: Numbered | None, since: Instant, until: Instant) -> Gap:
    """No event is there at all."""
    return Gap(since, until, Lack.EVENTS_MISSING, last.number) if last else Gap(since, until, Lack.NOT_COUNTED)


def _before(oldest: Place, since: Instant) -> Iterator[Gap]:
    if since < oldest[0].life:
        yield Gap(since, oldest[0].life, Lack.NOT_COUNTED)


def _between(found: list[Place]) -> Iterator[Gap]:
    yield from _at_the_beginning(*found[0])
    for (before, earlier), (number, at) in pairwise(found):
        if number.life != before.life:
            yield Gap(earlier, number.life, Lack.DATA_LOST)
            yield from _at_the_beginning(number, at)
        elif number.number > before.number + 1:
            yield Gap(earlier, at, Lack.EVENTS_MISSING, number.number - before.number - 1)


def _at_the_beginning(number: Numbered, at: Instant) -> Iterator[Gap]:
    if number.number > 1:
        yield Gap(number.life, at, Lack.EVENTS_MISSING, number.number - 1)


def _after(newest: Place, last: Numbered | None, until: Instant) -> Iterator[Gap]:
    number, at = newest
    if last is None or last.life > number.life:
        yield Gap(at, until, Lack.DATA_LOST)
    elif last.life == number.life and last.number > number.number:
        yield Gap(at, until, Lack.NOT_IN_KAFKA, last.number - number.number)
