"""The limiter's algorithm: GCRA over whole microseconds, several buckets taken all or nothing.

The reference for the script that runs the same in Redis, and the limiter of whatever needs no shared state (the
gateway's quota). A bucket is one number, the theoretical arrival time; to refuse writes nothing, and after a change
of limits the old number corrects itself within a burst. (ITU-T I.371; the ATM Forum's TM 4.0.)
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from router.core.model.instant import MINUTE, Instant, Span
from router.core.model.rules.limits import Rate

_SPARE: Final = Span(MINUTE)
"""Processes with other rates draw on the same bucket for a while."""


@dataclass(frozen=True, slots=True)
class Go:
    """Taken; the new theoretical arrival time of each bucket, in order."""

    arrivals: tuple[Instant, ...]


@dataclass(frozen=True, slots=True)
class Wait:
    """Not taken; when to ask again, and which bucket was the slowest."""

    retry_after: Span
    bucket: int


def take(
    rates: Sequence[Rate], arrivals: Sequence[Instant], now: Instant, costs: Sequence[int] | None = None
) -> Go | Wait:
    """Take what each bucket costs, 1 by default, or nothing; what costs 0 waits only while the bucket is in debt.

    A cost above a bucket's burst is taken once the bucket is full, since it could never be taken otherwise; what it
    costs beyond is a debt to wait for.
    """
    taken: list[Instant] = []
    slowest, blocker = Span(0), 0
    wanted = [1] * len(rates) if costs is None else costs
    for index, (rate, arrival, cost) in enumerate(zip(rates, arrivals, wanted, strict=True)):
        base = max(now, arrival)
        wait = Span(base + rate.period * (min(cost, rate.burst) - rate.burst) - now)
        if wait > slowest:
            slowest, blocker = wait, index
        taken.append(Instant(base + rate.period * cost))
    return Wait(slowest, blocker) if slowest > 0 else Go(tuple(taken))


def owed(rate: Rate, arrival: Instant, now: Instant) -> Instant:
    """The arrival time of a bucket of which calls take one each, as far as it can be true.

    What is further ahead than twice all that such a bucket may owe was stored under another limit, or before the
    clock was set back. Nobody waits for that: it counts as a bucket that has one left.
    """
    is_possible = arrival <= now + 2 * rate.period * (rate.burst + 1) + _SPARE
    return arrival if is_possible else Instant(now + rate.period * (rate.burst - 1))
