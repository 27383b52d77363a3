"""Silences: which one holds an alert back."""

from collections.abc import Iterable

from router.core.match.matcher import Matcher
from router.core.match.reading import Reading
from router.core.model.instant import Instant
from router.core.model.muted import Muted, MutedBy
from router.core.model.rules.silence import Silence, Silences, SilenceState


def silenced_by(silences: Silences, labels: Reading, now: Instant) -> Muted | None:
    """The silence that holds an alert back, of several the one that lasts longest."""
    return _last(one for one in silences.matching(labels) if one.state(now) is SilenceState.ACTIVE)


def silences_all(silences: Silences, shared: Reading, now: Instant) -> Muted | None:
    """The silence that holds back every alert with these labels, whatever others it has."""
    active = (one for one in silences.matching(shared) if one.state(now) is SilenceState.ACTIVE)
    return _last(one for one in active if any(_is_about(matchers, shared) for matchers in one.matcher_sets))


def _is_about(matchers: tuple[Matcher, ...], shared: Reading) -> bool:
    return all(one.name in shared.labels and one.holds(shared) for one in matchers)


def _last(silences: Iterable[Silence]) -> Muted | None:
    last = max(silences, key=lambda one: one.ends_at, default=None)
    if last is None:
        return None
    return Muted(MutedBy.SILENCED, last.silence_id, last.ends_at, last.author, last.comment)
