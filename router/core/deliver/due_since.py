"""Since when what is pending of a group should have been shown: as observed, plus what the tenant's own rules ask.

It is not stored. Who has not seen the group queue, since another worker has queued it, takes the route's intervals
for it, and knows nothing of mutes and grace.
"""

from router.core.model.group import AlertGroup
from router.core.model.instant import NEVER, Instant, Span
from router.core.model.phase import Held, Idle, Parked, Queued, Waiting
from router.core.model.rules.route import Timing


def due_since(before: AlertGroup, after: AlertGroup, known: Instant, timing: Timing, now: Instant) -> Instant:
    """Since when, once the group has become what it is after; NEVER where nothing is to be shown now.

    `known` is what was known before, NEVER for nothing. What is set aside or held back is not due.
    """
    if not after.pending or isinstance(after.phase, Idle | Held | Parked):
        return NEVER
    match before.phase, after.phase:
        case _, Waiting(until):
            return min(known, until) if known != NEVER else _after_waiting(before, after, until, now)
        case _ if known != NEVER:
            return known
        case Waiting(until=until) | Parked(until=until) | Held(until=until), Queued():
            return min(until, now)
        case Idle(), Queued():
            return Instant(now - _lag(before, after, now))
        case _:
            return due_by_timing(before, timing, now)


def _after_waiting(before: AlertGroup, after: AlertGroup, until: Instant, now: Instant) -> Instant:
    """When it will be due; what was read late would have been due earlier, unless its interval asks for the wait."""
    by_interval = after.notified_at != NEVER and until > now
    return until if by_interval else Instant(until - _lag(before, after, now))


def _lag(before: AlertGroup, after: AlertGroup, now: Instant) -> Span:
    """How long after it was observed it was read, where it was read just now."""
    return Span(0 if before.pending else max(0, now - after.oldest_pending))


def due_by_timing(group: AlertGroup, timing: Timing, now: Instant) -> Instant:
    """Since when, for who has not seen the group queue; NEVER where nothing is to be shown."""
    if not group.pending:
        return NEVER
    if group.notified_at == NEVER:
        due = group.oldest_pending + timing.group_wait
    else:
        due = max(group.oldest_pending, group.notified_at + timing.group_interval)
    return Instant(min(due, now))
