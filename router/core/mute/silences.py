"""Silences: which one holds an alert back."""

from router.core.match.reading import Reading
from router.core.model.instant import Instant
from router.core.model.muted import Muted, MutedBy
from router.core.model.rules.silence import Silences, SilenceState


def silenced_by(silences: Silences, labels: Reading, now: Instant) -> Muted | None:
    """The silence that holds an alert back, of several the one that lasts longest."""
    active = (one for one in silences.matching(labels) if one.state(now) is SilenceState.ACTIVE)
    last = max(active, key=lambda one: one.ends_at, default=None)
    if last is None:
        return None
    return Muted(MutedBy.SILENCED, last.silence_id, last.ends_at, last.author, last.comment)
