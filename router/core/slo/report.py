"""What was attained of an objective in some time, what is left of its budget, and when it was worst."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from router.core.model.event import Numbered
from router.core.model.instant import HOUR, MINUTE, Instant
from router.core.slo.gaps import Gap, Lack, gaps
from router.core.slo.noted import Counts, Measured, Noted
from router.core.slo.objective import Objective

DAY: Final = 24 * HOUR
WORST: Final = 10
"""Minutes that a report has."""
NAMED: Final = 5
"""Late notifications that it has of each."""


@dataclass(frozen=True, slots=True)
class Day:
    """A day, UTC: how many notifications were due then, how many of them came late, and what is not known of it."""

    at: Instant
    notifications: int
    late: int
    in_digests: int
    unmeasured: int
    lacks: Sequence[Lack]

    @property
    def is_complete(self) -> bool:
        """Whether all is known that happened."""
        return not self.lacks and not self.unmeasured


@dataclass(frozen=True, slots=True)
class Minute:
    """A minute in which notifications were due that came late: how many, and those that took longest."""

    at: Instant
    late: int
    longest: Sequence[Measured]


@dataclass(frozen=True, slots=True)
class Report:
    """All of it; nothing is assumed of what is not known."""

    objective: Objective
    since: Instant
    until: Instant
    days: Sequence[Day]
    worst: Sequence[Minute]
    gaps: Sequence[Gap]

    @property
    def notifications(self) -> int:
        """How many were due."""
        return sum(day.notifications for day in self.days)

    @property
    def late(self) -> int:
        """How many of them came late."""
        return sum(day.late for day in self.days)

    @property
    def attained(self) -> Fraction | None:
        """Which share came in time; None where nothing was due."""
        return Fraction(self.notifications - self.late, self.notifications) if self.notifications else None

    @property
    def budget_left(self) -> Fraction | None:
        """Which share is left of the notifications that may be late, below 0 where more were; None as `attained`."""
        return 1 - self.late / self.objective.allows(self.notifications) if self.notifications else None

    @property
    def is_complete(self) -> bool:
        """Whether all is known of each day."""
        return all(day.is_complete for day in self.days)


def report(
    objective: Objective, noted: Iterable[Noted], last: Numbered | None, since: Instant, until: Instant
) -> Report:
    """What was attained of what was due from `since` until `until`, by a tenant's events, which may come twice.

    `last` is the newest event that there ever was of the tenant.
    """
    events = list({one.numbered or one: one for one in noted}.values())
    places = [(one.numbered, one.at) for one in events if one.numbered]
    missing = gaps(places, last, since, until)
    within = [one for one in events if since <= _time_of(one) < until]
    measured = [one.measured for one in within if one.measured]
    late = [one for one in measured if one.own > objective.within]
    return Report(objective, since, until, _days(within, late, missing, (since, until)), _worst(late), missing)


def _time_of(one: Noted) -> Instant:
    """By which it counts: when it was due."""
    return one.measured.due_at if one.measured else one.at


def _day_of(at: Instant) -> Instant:
    return Instant(at - at % DAY)


def _days(
    within: Sequence[Noted], late: Sequence[Measured], missing: Sequence[Gap], period: tuple[Instant, Instant]
) -> list[Day]:
    counts = Counter((_day_of(_time_of(one)), one.counts) for one in within)
    lates = Counter(_day_of(one.due_at) for one in late)
    lacks = _lacks(missing)
    return [
        Day(
            Instant(day),
            counts[Instant(day), Counts.MEASURED],
            lates[Instant(day)],
            counts[Instant(day), Counts.IN_DIGEST],
            counts[Instant(day), Counts.UNMEASURED],
            sorted(lacks.get(Instant(day), ())),
        )
        for day in range(_day_of(period[0]), period[1], DAY)
    ]


def _lacks(missing: Sequence[Gap]) -> Mapping[Instant, set[Lack]]:
    found = defaultdict[Instant, set[Lack]](set)
    for gap in missing:
        for day in range(_day_of(gap.since), gap.until + 1, DAY):
            found[Instant(day)].add(gap.lack)
    return found


def _worst(late: Sequence[Measured]) -> list[Minute]:
    """The minutes with most late ones, of those with as many the one that took longest; the worst first."""
    by_minute = defaultdict[Instant, list[Measured]](list)
    for one in late:
        by_minute[Instant(one.due_at - one.due_at % MINUTE)].append(one)
    ordered = sorted(by_minute.items(), key=lambda pair: (-len(pair[1]), -max(one.own for one in pair[1]), pair[0]))
    return [
        Minute(at, len(found), sorted(found, key=lambda one: (-one.own, one.due_at))[:NAMED])
        for at, found in ordered[:WORST]
    ]
