"""Time intervals: whether a route's groups are held back now, and until when."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from router.core.model.instant import HOUR, MINUTE, Instant, Span
from router.core.model.muted import Muted, MutedBy
from router.core.model.rules.interval import RouteIntervals, TimeInterval
from router.core.mute.wall import changes_at, holds

_DAY: Final = Span(24 * HOUR)
_DAYS: Final = 400
"""How far ahead the end is looked for."""
_STEPS: Final = 50
"""How many intervals that follow each other without a gap are looked through for the end of the last."""
_FEW: Final = 20
"""So many parts are looked at so far ahead; of more, each for a shorter time, so that all of it takes no longer."""


def contains(interval: TimeInterval, now: Instant) -> bool:
    """Whether a moment lies in an interval."""
    return any(holds(spec, now) for spec in interval.specs)


def muted_by_time(intervals: RouteIntervals, now: Instant) -> Muted | None:
    """The interval that holds a route's groups back, in Alertmanager's order: the active ones are asked first.

    `until` is when nothing of them holds the groups back any more; NEVER where that is more than 400 days away, or
    less where there are very many intervals. Where many follow each other without a gap it is the time to ask again.
    """
    if not intervals.mute and not intervals.active:
        return None
    return _muted(intervals, now // MINUTE)


@lru_cache(maxsize=1_000)
def _muted(intervals: RouteIntervals, minute: int) -> Muted | None:
    """Kept, since all groups of a route ask in the same minute; within one nothing changes."""
    now, share = Instant(minute * MINUTE), max(1, intervals.specs / _FEW)
    horizon = Instant(now + int(_DAYS / share) * _DAY)
    first = held = _held(intervals, now, horizon)
    if first is None:
        return None
    until = first.until
    for _ in range(int(_STEPS / share)):
        if held is None or until > horizon:
            break
        held = _held(intervals, until, horizon)
        until = until if held is None else held.until
    return Muted(first.by, first.name) if until > horizon else Muted(first.by, first.name, until)


@dataclass(frozen=True, slots=True)
class _Held:
    by: MutedBy
    name: str
    until: Instant
    """Until then it does for sure."""


def _held(intervals: RouteIntervals, now: Instant, horizon: Instant) -> _Held | None:
    if intervals.active and not any(contains(one, now) for one in intervals.active):
        specs = (spec for one in intervals.active for spec in one.specs)
        begins = min((changes_at(spec, now, horizon) for spec in specs), default=Instant(horizon + 1))
        return _Held(MutedBy.ACTIVE_TIME_INTERVAL, ", ".join(one.name for one in intervals.active), begins)
    inside = [one for one in intervals.mute if contains(one, now)]
    if not inside:
        return None
    specs = (spec for one in inside for spec in one.specs if holds(spec, now))
    return _Held(MutedBy.MUTE_TIME_INTERVAL, inside[0].name, max(changes_at(spec, now, horizon) for spec in specs))
