"""What keeps alerts from being shown: by kind, tenant and reason, and never what the alerts are about."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from typing import Final

from router.core.model.instant import MINUTE, NEVER, Instant, Span

LASTS: Final = Span(10 * MINUTE)
"""What lasts is raised again at every try; what was not for so long is over, or its tenant is gone."""
QUIET: Final = Span(10 * MINUTE)
"""What happens now and then is over when it has not happened for so long."""
_IN_CHANNELS: Final = "channel_dead"
"""The reason whose places are channels, as people know them; others are ids of our own."""
_MAX_CHARS: Final = 80


class Kind(StrEnum):
    """What one message is about."""

    TOKENS = "tokens"
    RECEIVERS = "receivers"
    QUOTAS = "quotas"
    DEAD_LETTERS = "dead_letters"
    BODIES = "bodies"

    @property
    def lasts(self) -> bool:
        """Whether it holds until somebody fixes it; the others happen, and are counted."""
        return self in {Kind.TOKENS, Kind.RECEIVERS}


@dataclass(frozen=True, slots=True)
class Trouble:
    """One thing that is wrong: `tenant` is "" where nobody knows whose it is, `place` where there is none.

    `reason` is the code by which the documentation explains it.
    """

    kind: Kind
    tenant: str
    reason: str
    place: str = ""


@dataclass(frozen=True, slots=True)
class Tally:
    """How often it happened, and when last; what lasts counts once for each place."""

    trouble: Trouble
    count: int
    last: Instant


@dataclass(frozen=True, slots=True)
class Row:
    """What one tenant has: the reasons with their counts, the most frequent first, and the channels concerned."""

    tenant: str
    total: int
    reasons: Sequence[tuple[str, int]]
    channels: Sequence[str] = ()


def trouble(kind: Kind, tenant: str, reason: str, place: str = "") -> Trouble:
    """One thing that is wrong, with names cut to what can be stored for many."""
    return Trouble(kind, tenant[:_MAX_CHARS], reason[:_MAX_CHARS], place[:_MAX_CHARS])


def others(kind: Kind) -> Trouble:
    """What stands for those of a kind that are too many to be told apart."""
    return Trouble(kind, "", "other")


def present(kind: Kind, tallies: Iterable[Tally], now: Instant) -> Sequence[Tally]:
    """What is wrong now. What is counted goes on, all of it, until none of it has happened for a while."""
    found = [one for one in tallies if one.trouble.kind is kind]
    if kind.lasts:
        return [one for one in found if now - one.last < LASTS]
    return found if any(now - one.last < QUIET for one in found) else []


def faded_before(kind: Kind, tallies: Iterable[Tally], now: Instant) -> Instant:
    """What happened last before this is over and may be forgotten; NEVER: nothing is."""
    if kind.lasts:
        return Instant(now - LASTS)
    return NEVER if present(kind, tallies, now) else Instant(now - QUIET)


def rows_of(tallies: Iterable[Tally]) -> Sequence[Row]:
    """A row for each tenant, the worst first."""
    by_tenant = groupby(sorted(tallies, key=lambda one: one.trouble.tenant), key=lambda one: one.trouble.tenant)
    rows = [_row(tenant, list(of_one)) for tenant, of_one in by_tenant]
    return sorted(rows, key=lambda row: (-row.total, row.tenant))


def digest_of(rows: Sequence[Row]) -> str:
    """The same for the same rows, whatever the language."""
    return hashlib.sha256(repr(rows).encode("utf-8", "backslashreplace")).hexdigest()[:16]


def _row(tenant: str, tallies: Sequence[Tally]) -> Row:
    counts: dict[str, int] = {}
    for one in tallies:
        counts[one.trouble.reason] = counts.get(one.trouble.reason, 0) + one.count
    reasons = sorted(counts.items(), key=lambda of_one: (-of_one[1], of_one[0]))
    channels = tuple(sorted({one.trouble.place for one in tallies if one.trouble.reason == _IN_CHANNELS}))
    return Row(tenant, sum(counts.values()), reasons, channels)
