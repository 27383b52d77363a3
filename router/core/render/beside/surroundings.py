"""What a card shows beside its alerts, in small print: what else fires, and how it usually goes.

What else fires is left out once this is over, since nobody would bring it up to date; how it usually goes, where the
counts show that it flaps.
"""

from typing import Final

from router.core.context.context import Context
from router.core.context.episodes import usually
from router.core.context.related import MAX_NAMED, Related, RelatedGroup, permalink
from router.core.model.alert_state import ShownState
from router.core.model.changed import replace
from router.core.model.instant import Instant
from router.core.render.localizer import Localizer
from router.core.render.parts import Parts
from router.core.render.redaction import HIDDEN, Redactor
from router.core.render.words.ordinals import nth_time
from router.core.render.words.times import Clock
from router.core.slack.markup import Safe, as_written, join, link

_MAX_NAME: Final = 60
_MAX_LABEL: Final = 100
_SHORT: Final = 160
"""Characters of what the text for phones may report of either."""
_NOTHING: Final = Safe()


def small_print(parts: Parts) -> tuple[Safe, Safe]:
    """Both as a card shows them, each empty where there is nothing to show."""
    return _related(parts, parts.context), _usually(parts, parts.localizer.tokens)


def in_words(parts: Parts) -> tuple[Safe, ...]:
    """The same without links and tokens; what is long is left out."""
    texts = _related(parts, replace(parts.context, workspace_url="")), _usually(parts, parts.localizer.words)
    return tuple(text for text in texts if 0 < len(text) <= _SHORT)


def _related(parts: Parts, context: Context) -> Safe:
    fires = parts.view.counts.get(ShownState.FIRING)
    return related_text(context, parts.redactor, parts.localizer) if fires else _NOTHING


def _usually(parts: Parts, clock: Clock) -> Safe:
    return _NOTHING if parts.flapping else usual_text(parts.context, parts.localizer, clock, parts.now)


def related_text(context: Context, redactor: Redactor, localizer: Localizer) -> Safe:
    """What else fires, with links where the address of the workspace is known; empty where nothing may be shown."""
    for related in context.related:
        label = _label(related, redactor)
        if label and related.firing:
            names = _names(related, context.workspace_url, redactor, localizer)
            return localizer.line("related", firing=related.firing, label=label, names=names)
    return _NOTHING


def readable(context: Context, redactor: Redactor) -> Context:
    """The same without what nobody may read: under such a value nothing is related, such a name is counted alone."""
    seen = tuple(_readable(one, redactor) for one in context.related if _label(one, redactor))
    return replace(context, related=seen)


def _readable(related: Related, redactor: Redactor) -> Related:
    groups = tuple(replace(one, name=name) for one in related.groups if (name := _name(one, redactor)))
    return replace(related, groups=groups, more=related.firing - sum(one.firing for one in groups))


def _label(related: Related, redactor: Redactor) -> str:
    """The label that is shared; "" where its value is hidden."""
    value = redactor.text(redactor.label(related.label, related.value))
    return "" if HIDDEN in value else redactor.line(f"{related.label}={value}", _MAX_LABEL)


def _names(related: Related, url: str, redactor: Redactor, localizer: Localizer) -> Safe:
    """The names of the first, and how many alerts others have; a name that is hidden is counted alone."""
    named = [(one, name) for one in related.groups[:MAX_NAMED] if (name := _name(one, redactor))]
    left = related.firing - sum(one.firing for one, _ in named)
    texts = [_linked(one, name, url, localizer) for one, name in named]
    more = [localizer.line("related_more", more=left)] if left and texts else []
    return Safe(localizer.listing([*texts, *more]))


def _name(one: RelatedGroup, redactor: Redactor) -> str:
    name = redactor.line(redactor.label("alertname", one.name), _MAX_NAME)
    return "" if HIDDEN in name else name


def _linked(one: RelatedGroup, name: str, url: str, localizer: Localizer) -> Safe:
    shown = link(permalink(url, one.message), name)
    return shown if one.firing == 1 else join((shown, Safe(f"({localizer.number(one.firing)})")), " ")


def usual_text(context: Context, localizer: Localizer, clock: Clock, now: Instant) -> Safe:
    """How it usually goes; empty where it has not fired before."""
    known = usually(context.episodes, now)
    if known is None:
        return _NOTHING
    durations = [as_written(localizer.duration(span)) for span in known.durations]
    return localizer.line(
        "usual",
        nth=nth_time(localizer.locale, known.times) if known.times > 1 else "",
        durations=Safe(localizer.listing(durations)),
        ended=clock.moment(known.ended),
    )
