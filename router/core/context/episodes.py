"""How it usually goes: when a group fired before, and for how long.

What fires again within `reopen_within` of the end of an episode goes on with it, as the message does: it is reopened,
and a quarter of an hour of coming and going is one episode.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from router.core.model.alert_state import AlertState, ShownState
from router.core.model.changed import replace
from router.core.model.group import AlertGroup
from router.core.model.instant import HOUR, MINUTE, SECOND, Instant, Span

MAX_EPISODES: Final = 20
"""Episodes of a group that are kept; the oldest make room."""
MAX_HISTORIES: Final = 10_000
"""Groups of a tenant whose episodes are kept; those that ended first make room."""

_WEEK: Final = Span(7 * 24 * HOUR)
_NAMED: Final = 2


@dataclass(frozen=True, slots=True)
class Episode:
    """Once that a group fired, from the first start of its alerts until the last end that its message shows."""

    start: Instant
    end: Instant

    @property
    def lasted(self) -> Span:
        """How long, at least a second; above a minute in whole minutes."""
        span = max(self.end - self.start, SECOND)
        return Span(span - span % MINUTE if span > MINUTE else span)


@dataclass(frozen=True, slots=True)
class EndedEpisode:
    """One that is over: what starts `within` its end goes on with it, and it is kept for as long as `keep`."""

    episode: Episode
    within: Span
    keep: Span


@dataclass(frozen=True, slots=True)
class Usually:
    """What a message reports of earlier episodes.

    `times` is how often it fired in the last seven days, this time included, 1 where only now. `durations` are those
    of the last two, the newest first; `ended` is when the last one did.
    """

    times: int
    durations: tuple[Span, ...]
    ended: Instant


def usually(episodes: Sequence[Episode], now: Instant) -> Usually | None:
    """How it usually goes, by its earlier episodes, the newest first; None where there are none."""
    if not episodes:
        return None
    times = 1 + sum(one.start > now - _WEEK for one in episodes)
    return Usually(times, tuple(one.lasted for one in episodes[:_NAMED]), episodes[0].end)


def with_episode(known: Sequence[Episode], one: Episode, within: Span) -> tuple[Episode, ...]:
    """The episodes of a group, the newest first, with one more, or with the last one longer, where that goes on.

    It does where the other starts `within` its end, or before it.
    """
    last, *older = known or (None,)
    if last is not None and one.start <= last.end + within:
        return (replace(last, end=max(last.end, one.end)), *older)
    return (one, *known)[:MAX_EPISODES]


def present(group: AlertGroup, within: Span, now: Instant) -> Episode | None:
    """The episode that the message of a group is about, or the last one; the group must be loaded whole.

    Alerts belong together that fire at the same time, or one `within` so long after another; what is shown as over
    since long before is of an earlier one.
    """
    spans = [_span(alert, now) for alert in group.alerts.values() if alert.in_message]
    if not spans:
        return None
    (last, first), *others = sorted(spans, reverse=True)
    for end, start in others:
        if end + within < first:
            break
        first = min(first, start)
    return Episode(first, last)


def ended(before: AlertGroup, after: AlertGroup, within: Span, now: Instant) -> Episode | None:
    """The episode of which a transition shows that it is over, where it is one that does; both are loaded whole."""
    return present(after, within, now) if _is_over(after) and not _is_over(before) else None


def earlier(group: AlertGroup, known: Sequence[Episode], within: Span, now: Instant) -> tuple[Episode, ...]:
    """Those of the known episodes of a group that are not what its message is about."""
    one = present(group, within, now) if known else None
    return tuple(other for other in known if one is None or other.end + within < one.start)


def _is_over(group: AlertGroup) -> bool:
    if group.is_open or group.pending or group.message is None or group.digest is not None:
        return False
    shown = {alert.last_shown.state for alert in group.alerts.values()}
    return ShownState.RESOLVED in shown and ShownState.REROUTED not in shown


def _span(alert: AlertState, now: Instant) -> tuple[Instant, Instant]:
    """When an alert ended, and when it began."""
    seen = alert.registers
    end = now if alert.shown_firing else seen.end if seen.end >= seen.start else seen.last_seen
    return end, min(seen.began, end)
