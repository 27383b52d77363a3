"""The card: the message that shows an alert group and is edited in place.

A title above, and beside a bar in the colour of the state: how many, each alert, its links, whose it is. A style may
leave parts out. What does not fit in Slack's limits is counted, never cut silently: alerts leave from the end of the
list, so that the worst stay.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from router.core.model.alert_state import ShownState
from router.core.render.beside import surroundings
from router.core.render.parts import Listed, Parts, blocks_of
from router.core.render.text import text
from router.core.slack.markup import Safe, inline, truncate
from router.core.slack.message import Attachment, Block, SlackMessage, context, image, section

_MAX_FALLBACK_CHARS: Final = 300
_MAX_NAME: Final = 150
_RED, _ORANGE, _YELLOW, _SLATE = "#D0021B", "#F57C00", "#F2C744", "#5B7083"
_GREEN, _GREY = "#2EB67D", "#A0A4A8"
_BY_WORD: Final = {"critical": _RED, "error": _ORANGE, "warning": _YELLOW, "info": _SLATE}
_BY_RANK: Final = (_RED, _ORANGE, _YELLOW)


def card(parts: Parts, reopened: int) -> SlackMessage:
    """The group as its message shows it."""
    words = text(parts, parts.heading, parts.counts(parts.view.counts, reopened=reopened))
    alerts, frame = list(parts.alerts()), parts.frame(reopened)
    for listed in range(len(alerts), 0, -1):
        message = _card(parts, frame, words, alerts[:listed])
        if not message.too_much:
            return message
    return _card(parts, frame, words, [])


def _card(parts: Parts, frame: Mapping[str, Safe], words: Safe, alerts: list[Listed]) -> SlackMessage:
    blocks = tuple(_beside_the_bar(parts, frame, alerts))
    unaddressed = Safe(words.removeprefix(parts.mentions).strip())
    attachment = Attachment(color(parts), truncate(unaddressed, _MAX_FALLBACK_CHARS), blocks)
    return SlackMessage(words, (section(parts.title()),), (attachment,))


def _beside_the_bar(parts: Parts, frame: Mapping[str, Safe], alerts: list[Listed]) -> Iterator[Block]:
    if frame["lead"]:
        yield section(frame["lead"])
    yield from blocks_of(alerts)
    yield from _small_print(parts.more(len(alerts)), parts.rerouted)
    yield from _small_print(*surroundings.small_print(parts))
    if parts.has_buttons:
        yield parts.buttons()
    yield from _pictures(parts, len(alerts))
    yield from _small_print(frame["shared_links"], frame["footer"])


def _pictures(parts: Parts, listed: int) -> Iterator[Block]:
    """The pictures of the first that fire and have one, each with whose it is where there are several alerts."""
    having = [alert for alert in parts.view.alerts[:listed] if alert.picture and not parts.without_extras]
    for alert in having[: parts.limits.pictures]:
        own = ", ".join(label for label in (alert.name, *alert.labels) if label)
        name = inline(", ".join(part for part in (parts.view.name, own) if part), _MAX_NAME)
        # Neither is markup to Slack, so that nothing in them is escaped.
        description = parts.localizer.line("picture", alert=Safe(name or parts.subject))
        yield image(alert.picture, description, "" if parts.alone else inline(own or name, _MAX_NAME))


def _small_print(*texts: Safe) -> Iterator[Block]:
    yield from (context(text) for text in texts if text)


def color(parts: Parts) -> str:
    """The bar of a card."""
    return bar(parts.view.state, parts.view.severity, parts.view.rank)


def bar(state: ShownState, severity: str, rank: int) -> str:
    """By the worst severity while it fires; green when resolved, grey when given up here, between them unreported."""
    match state:
        case ShownState.FIRING:
            by_rank = _BY_RANK[rank] if severity and rank < len(_BY_RANK) else _SLATE
            return _BY_WORD.get(severity, by_rank)
        case ShownState.UNREPORTED | ShownState.MUTED:
            return _SLATE
        case ShownState.RESOLVED:
            return _GREEN
        case ShownState.STALE | ShownState.ENDED | ShownState.REROUTED | ShownState.NOTHING:
            return _GREY
