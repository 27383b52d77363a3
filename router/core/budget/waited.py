"""For how much of a time calls were kept waiting."""

from collections.abc import Iterable

from router.core.model.instant import Instant, Span

Stretch = tuple[Instant, Instant]
"""From when until when."""


def waited(since: Instant, until: Instant, stretches: Iterable[Stretch]) -> Span:
    """How much of the time lies in any of the stretches, which may overlap."""
    total, reached = 0, since
    for begin, end in sorted(stretches):
        first, last = max(begin, reached), min(end, until)
        if last > first:
            total += last - first
            reached = last
    return Span(total)
