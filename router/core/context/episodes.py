"""How it usually goes: when a group fired before, and for how long.

An episode is kept by its start. What fires again within `reopen_within` of its end goes on with it, as the message
does: it is reopened, and a quarter of an hour of coming and going is one episode.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from router.core.model.changed import replace
from router.core.model.instant import HOUR, MINUTE, SECOND, Instant, Span

MAX_EPISODES: Final = 20
"""Episodes of a group that are kept; the oldest make room."""

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
    """The episodes of a group, the newest first, with one more, or a longer one, where it goes on with the last."""
    others = [other for other in known if other.start != one.start]
    if others and one.start <= others[0].end + within:
        last = others.pop(0)
        one = replace(one, start=min(last.start, one.start), end=max(last.end, one.end))
    return tuple(sorted((one, *others), key=lambda other: -other.start)[:MAX_EPISODES])
