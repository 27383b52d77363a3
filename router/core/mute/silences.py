"""Silences: which one holds an alert back."""

from collections.abc import Iterable

from router.core.match.matcher import all_match
from router.core.match.reading import Reading
from router.core.model.instant import Instant
from router.core.model.muted import Muted, MutedBy
from router.core.model.rules.silence import Silence


def silenced_by(silences: Iterable[Silence], labels: Reading, now: Instant) -> Muted | None:
    """The silence that holds an alert back, of several the one that lasts longest."""
    active = (one for one in silences if one.starts_at <= now <= one.ends_at)
    matching = [one for one in active if any(all_match(matchers, labels) for matchers in one.matcher_sets)]
    if not matching:
        return None
    last = max(matching, key=lambda one: one.ends_at)
    return Muted(MutedBy.SILENCED, last.silence_id, last.ends_at, last.author, last.comment)
