"""The clock on the wall: whether a moment lies in a part of an interval, and when that changes.

All that an interval names is read from the local calendar and clock, as Go's `t.In(location)` has them. Between two
transitions of a zone that clock runs evenly, so the next edge on it is a known time away. Where the offset is another
one there, a transition lies between, and the step ends at the transition instead.
"""

from datetime import date, datetime, time, timedelta, tzinfo
from typing import Final

from router.core.model.instant import SECOND, Instant, to_datetime
from router.core.model.rules.interval import FULL_DAY, IntervalSpec

_DAY: Final = timedelta(days=1)
_STRIDE: Final = timedelta(days=32)
"""How many days are looked through at a time, so that nobody looks far beyond the horizon."""
_MICROSECOND: Final = timedelta(microseconds=1)


def holds(spec: IntervalSpec, now: Instant) -> bool:
    """Whether a moment lies in it."""
    local = _local(spec.zone, now)
    return spec.has_day(local.date()) and spec.has_minute(_minute(local))


def changes_at(spec: IntervalSpec, now: Instant, horizon: Instant) -> Instant:
    """When the next moment comes that is not as `now` is, in it or not; a moment after `horizon` where none comes."""
    inside, at = holds(spec, now), now
    while at <= horizon:
        at = _next_edge(spec, at)
        if holds(spec, at) != inside:
            break
    return at


def _next_edge(spec: IntervalSpec, at: Instant) -> Instant:
    """The next moment at which it may begin or end."""
    local = _local(spec.zone, at)
    on_the_wall = local.replace(tzinfo=None)
    edge = Instant(at + (_next_on_the_wall(spec, on_the_wall) - on_the_wall) // _MICROSECOND)
    if _local(spec.zone, edge).utcoffset() == local.utcoffset():
        return edge
    return _transition(spec.zone, at, edge)


def _next_on_the_wall(spec: IntervalSpec, local: datetime) -> datetime:
    day = local.date()
    matches = spec.has_day(day)
    if spec.times is None or not matches:
        return datetime.combine(_next_day(spec, day, wanted=not matches), time())
    later = (edge for one in spec.times for edge in (one.start, one.end) if edge > _minute(local))
    return datetime.combine(day, time()) + timedelta(minutes=min(later, default=FULL_DAY))


def _next_day(spec: IntervalSpec, day: date, *, wanted: bool) -> date:
    """The next day that is in it, or is not, or the end of the stride; months without such a day are skipped."""
    ahead, last = day + _DAY, day + _STRIDE
    while ahead < last and spec.has_day(ahead) != wanted:
        skips = wanted and not spec.has_month(ahead.year, ahead.month)
        ahead = (ahead.replace(day=1) + 32 * _DAY).replace(day=1) if skips else ahead + _DAY
    return ahead


def _transition(zone: tzinfo, before: Instant, after: Instant) -> Instant:
    """The second at which the offset of `before` ends."""
    offset = _local(zone, before).utcoffset()
    low, high = before // SECOND, -(-after // SECOND)
    while high - low > 1:
        middle = (low + high) // 2
        if _local(zone, Instant(middle * SECOND)).utcoffset() == offset:
            low = middle
        else:
            high = middle
    return Instant(high * SECOND)


def _local(zone: tzinfo, at: Instant) -> datetime:
    return to_datetime(at).astimezone(zone)


def _minute(local: datetime) -> int:
    return local.hour * 60 + local.minute
