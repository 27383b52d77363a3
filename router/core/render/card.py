"""The card: the message that shows an alert group and is edited in place.

A title above, and beside a bar in the colour of the state: how many, each alert, its links, whose it is. A style may
leave parts out. What does not fit in Slack's limits is counted, never cut silently: alerts leave from the end of the
list, so that the worst stay.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from router.core.model.alert_state import ShownState
from router.core.model.changed import replace
from router.core.render.beside import surroundings
from router.core.render.parts import Parts
from router.core.render.prose.listed import Listed, blocks_of
from router.core.render.request import RenderRequest
from router.core.render.text import text
from router.core.slack.markup import Safe, inline, truncate
from router.core.slack.message import Attachment, Block, SlackMessage, context, image, section
from router.core.slack.new_block import NewBlock, folded

MIN_FOLDED: Final = 4
"""Resolved alerts that are folded away beneath those that go on; fewer are listed."""

_MAX_FALLBACK_CHARS: Final = 300
_MAX_NAME: Final = 150
_RED, _ORANGE, _YELLOW, _SLATE = "#D0021B", "#F57C00", "#F2C744", "#5B7083"
_GREEN, _GREY = "#2EB67D", "#A0A4A8"
_BY_WORD: Final = {"critical": _RED, "error": _ORANGE, "warning": _YELLOW, "info": _SLATE}
_BY_RANK: Final = (_RED, _ORANGE, _YELLOW)


def card(parts: Parts, request: RenderRequest) -> SlackMessage:
    """The group as its message shows it; the chart is left out where it would cost an alert its place."""
    alerts = list(parts.alerts())
    folds = NewBlock.CONTAINER in request.takes and not parts.without_extras
    whole = _Card(parts, parts.frame(request.reopened), _words(parts, request), folds=folds, chart=parts.moved.chart)
    for listed in range(len(alerts), 0, -1):
        for drawn in (whole, replace(whole, chart=None)):
            message = drawn.message(alerts[:listed])
            if not message.too_much:
                return message
    return replace(whole, chart=None).message([])


def _words(parts: Parts, request: RenderRequest) -> Safe:
    return text(parts, parts.heading, parts.counts(parts.view.counts, reopened=request.reopened))


@dataclass(frozen=True, slots=True)
class _Card:
    parts: Parts
    frame: Mapping[str, Safe]
    words: Safe
    folds: bool
    chart: Block | None = None

    def message(self, alerts: list[Listed]) -> SlackMessage:
        parts = self.parts
        over = [alert for alert in alerts if alert.is_dim]
        folded_up = over if self.folds and MIN_FOLDED <= len(over) < len(alerts) else []
        blocks = tuple(self._beside_the_bar(alerts, [one for one in alerts if one not in folded_up]))
        unaddressed = Safe(self.words.removeprefix(parts.mentions).strip())
        attachment = Attachment(color(parts), truncate(unaddressed, _MAX_FALLBACK_CHARS), blocks)
        return SlackMessage(self.words, tuple(self._above(folded_up)), (attachment,))

    def _above(self, folded_up: list[Listed]) -> Iterator[Block]:
        parts = self.parts
        yield section(parts.title())
        if self.chart is not None:
            yield self.chart
        if self.chart is None or not parts.moved.in_title:
            yield from _small_print(parts.moved.words)
        if folded_up:
            title = parts.localizer.line("folded", count=len(folded_up))
            yield folded(title, list(blocks_of(folded_up)))

    def _beside_the_bar(self, alerts: list[Listed], unfolded: list[Listed]) -> Iterator[Block]:
        parts, frame = self.parts, self.frame
        if frame["lead"]:
            yield section(frame["lead"])
        yield from blocks_of(unfolded)
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
