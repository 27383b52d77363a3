"""What of a group a message leaves out since it is held back: how many alerts, by whom, and until when."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

from router.core.model.instant import NEVER, Instant
from router.core.model.muted import Muted, MutedBy
from router.core.render.localizer import Localizer
from router.core.slack.markup import Safe, inline

_MAX_NAME: Final = 60
_MOST: Final = 3
"""Who is named at most; what others hold back is counted together."""

_Who = tuple[MutedBy, str]


def held_texts(held: Iterable[Muted], localizer: Localizer) -> Sequence[Safe]:
    """A phrase for each person, rule or interval that holds alerts back, the most alerts first."""
    muted = list(held)
    if not muted:
        return []
    counts, ends = Counter(map(_who, muted)), dict[_Who, list[Instant]]()
    for one in muted:
        ends.setdefault(_who(one), []).append(one.until)
    named = counts.most_common(_MOST)
    texts = [_text(by, name, count, _latest(ends[by, name]), localizer) for (by, name), count in named]
    left = len(muted) - sum(count for _, count in named)
    others = [_text(MutedBy.MUTE_TIME_INTERVAL, "", left, NEVER, localizer)] if left else []
    return [*texts, *others]


def _who(one: Muted) -> _Who:
    return one.by, one.author if one.by is MutedBy.SILENCED else one.name


def _latest(ends: Sequence[Instant]) -> Instant:
    return NEVER if NEVER in ends else max(ends)


def _text(by: MutedBy, name: str, count: int, until: Instant, localizer: Localizer) -> Safe:
    moment = localizer.moment(until) if until != NEVER else ""
    return localizer.line("held", held=count, word=by, name=inline(name, _MAX_NAME), until=moment)
