"""The message to the operators about one kind of trouble: tenants and reasons, never what their alerts are about."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from router.core.model.instant import NEVER, Instant, Span
from router.core.operators.notice import Reply
from router.core.operators.troubles import Kind, Row
from router.core.render.localizer import Localizer
from router.core.slack.markup import Safe, bold, code, escape, inline, join
from router.core.slack.message import Attachment, SlackMessage, context, section

LISTED: Final = 15
"""Tenants that are named in one message; the others are counted."""
_REASONS: Final = 5
_CHANNELS: Final = 5
_IN_TEXT: Final = 5
_TIMES: Final = "\N{MULTIPLICATION SIGN}"
_MAX_NAME_CHARS: Final = 80
_RED, _GREEN = "#B3261E", "#2E7D32"


@dataclass(frozen=True, slots=True)
class Situation:
    """What is wrong, since when; until when it was, NEVER while it is."""

    kind: Kind
    rows: Sequence[Row]
    began: Instant
    ended: Instant = NEVER


def render_operators(of: Situation, localizer: Localizer) -> SlackMessage:
    """The message as it is now, with as many of its tenants as fit."""
    rows = [_row(row, localizer) for row in of.rows[:LISTED]]
    for listed in range(len(rows), 0, -1):
        message = _message(of, rows[:listed], localizer)
        if not message.faults:
            return message
    return _message(of, [], localizer)


def render_operators_reply(of: Situation, reply: Reply, localizer: Localizer) -> SlackMessage:
    """What the thread is answered: that it is over, wrong again, or that so many tenants are concerned by now."""
    if reply is Reply.MORE:
        return SlackMessage(_title(of, localizer))
    heading = localizer.word("operators_kind", of.kind)
    return SlackMessage(localizer.line("operators_reply", heading=heading, again=reply is Reply.AGAIN))


def _message(of: Situation, rows: Sequence[Safe], localizer: Localizer) -> SlackMessage:
    hidden = len(of.rows) - len(rows)
    more = [localizer.line("more", hidden=hidden)] if hidden else []
    note = [] if of.ended else [localizer.line("operators_note", kind=of.kind)]
    title, period = _title(of, localizer), context(_period(of, localizer))
    shown = [section(paragraph) for paragraph in (join([*rows, *more], "\n"), *note) if paragraph]
    text = join([title, *rows[:_IN_TEXT], *more, *note], ". ")
    return SlackMessage(text, (section(bold(title)),), (Attachment(_color(of), title, (*shown, period)),))


def _title(of: Situation, localizer: Localizer) -> Safe:
    heading = localizer.word("operators_kind", of.kind)
    return localizer.line("operators_title", heading=heading, total=len(of.rows), over=bool(of.ended))


def _row(row: Row, localizer: Localizer) -> Safe:
    reasons = [join((code(reason), Safe(f"{_TIMES}{localizer.number(count)}")), " ") for reason, count in row.reasons]
    return localizer.line(
        "operators_row",
        tenant=inline(row.tenant, _MAX_NAME_CHARS),
        reasons=_first(reasons, _REASONS),
        channels=_first([escape(inline(one, _MAX_NAME_CHARS)) for one in row.channels], _CHANNELS),
    )


def _first(parts: Sequence[Safe], at_most: int) -> Sequence[Safe]:
    return parts if len(parts) <= at_most else [*parts[:at_most], Safe("\N{HORIZONTAL ELLIPSIS}")]


def _period(of: Situation, localizer: Localizer) -> Safe:
    duration = localizer.duration(Span(of.ended - of.began)) if of.ended else ""
    return localizer.line(
        "period",
        start=of.began,
        end=of.ended,
        seen=NEVER,
        unseen=NEVER,
        duration=duration,
        clock=localizer.tokens,
    )


def _color(of: Situation) -> str:
    return _GREEN if of.ended else _RED
