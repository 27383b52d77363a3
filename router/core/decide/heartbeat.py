"""What to make of a heartbeat: only time counts in which it could have arrived, and in which all was read."""

from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from router.core.model.instant import MINUTE, NEVER, Instant, Span

RENEWED: Final = Span(30 * MINUTE)
"""While it is missing that is observed again after so long, so that it does not count as no longer reported."""

HELD_FOR: Final = Span(2 * MINUTE)
"""A tenant of which a record was held so lately may have heartbeats among those; each try that fails counts again."""


@dataclass(frozen=True, slots=True)
class Beat:
    """When it arrived last, or began to be expected; since when it is notified as missing, and observed so last."""

    seen: Instant
    missing_since: Instant = NEVER
    observed_at: Instant = NEVER


@dataclass(frozen=True, slots=True)
class Window:
    """The time that counts: since senders can reach us without a break, until where all that they sent was read."""

    since: Instant
    until: Instant


class Verdict(Enum):
    """What there is to notify."""

    NOTHING = auto()
    MISSING = auto()
    BACK = auto()


def judge(beat: Beat, every: Span, window: Window | None, now: Instant) -> Verdict:
    """Whether it is missing or back; without a window nobody can know that it is missing."""
    if beat.missing_since != NEVER and beat.seen > beat.missing_since:
        return Verdict.BACK
    if beat.missing_since != NEVER:
        return Verdict.MISSING if now - beat.observed_at >= RENEWED else Verdict.NOTHING
    if window is None or window.until - max(beat.seen, window.since) < every:
        return Verdict.NOTHING
    return Verdict.MISSING
