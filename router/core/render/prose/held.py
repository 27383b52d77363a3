"""What of a group a message leaves out since it is held back: how many alerts, by whom, and until when."""

from collections import Counter
from collections.abc import Iterable, Sequence

from router.core.model.instant import NEVER
from router.core.model.muted import Muted, MutedBy
from router.core.render.localizer import Localizer
from router.core.slack.markup import Safe, inline

_MAX_NAME = 60


def held_texts(held: Iterable[Muted], localizer: Localizer) -> Sequence[Safe]:
    """A phrase for each that holds alerts back, the most alerts first."""
    return [_text(muted, count, localizer) for muted, count in Counter(held).most_common()]


def _text(muted: Muted, count: int, localizer: Localizer) -> Safe:
    name = muted.author if muted.by is MutedBy.SILENCED else muted.name
    until = localizer.moment(muted.until) if muted.until != NEVER else ""
    return localizer.line("held", held=count, word=muted.by, name=inline(name, _MAX_NAME), until=until)
