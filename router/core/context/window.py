"""At which times the values of a chart are asked for."""

from typing import Final

from router.core.context.chart import MAX_POINTS
from router.core.model.instant import HOUR, MINUTE, NEVER, SECOND, Instant, Span

_MARGIN: Final = Span(10 * MINUTE)
_LONGEST: Final = Span(14 * 24 * HOUR)


def times(start: Instant, end: Instant, now: Instant) -> tuple[Instant, ...]:
    """Twenty times equally far apart, oldest first, from before the start of an episode until now, or its `end`.

    While it fires (`end` is NEVER) that is at least the last hour; once it is over all of it, with a margin before
    and after. Of an episode of more than two weeks it is the last two.
    """
    now = max(now, start)
    over, end = end != NEVER, max(end, start)
    length = (end if over else now) - start
    margin = max(_MARGIN, length // 10)
    last = min(now, end + margin) if over else now
    first = start - margin if over else min(start - margin, now - HOUR)
    step = min(last - first, _LONGEST) // (MAX_POINTS - 1) // SECOND * SECOND
    return tuple(Instant(last - step * back) for back in reversed(range(MAX_POINTS)))
