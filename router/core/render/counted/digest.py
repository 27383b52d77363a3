"""The message of a digest: how many alerts of which name and severity, the worst and newest first, criticals by name.

It has few words of its own and no parts that a tenant writes; what does not fit is counted.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from router.core.model.alert_state import ShownState
from router.core.model.group import Digest, Row
from router.core.model.rules.severity import Severity
from router.core.render.card import bar
from router.core.render.reader import NAME
from router.core.render.redaction import Redactor
from router.core.render.request import RenderRequest
from router.core.slack.markup import Safe, inline, join, mentions, truncate
from router.core.slack.message import MAX_TEXT, Attachment, SlackMessage, context, section

_LISTED: Final = 20
_NAMED: Final = 10
_MAX_NAME: Final = 150
_MAX_FALLBACK: Final = 300


@dataclass(frozen=True, slots=True)
class _Printed:
    """What both forms of the message are made of."""

    heading: Safe
    counts: Safe
    rows: Sequence[Safe]
    alerts: Sequence[int]
    """How many alerts each row counts."""
    criticals: Sequence[Safe]
    note: Safe


def render_digest(request: RenderRequest, digest: Digest) -> SlackMessage:
    """The message of one call of a digest: its counts, or what a reply announces."""
    if not request.notification.op.shows_group:
        return SlackMessage(_news(request, digest))
    printed = _printed(request, digest)
    if request.group.use_plain_text:
        return SlackMessage(_text(request, digest, printed))
    for listed in range(min(len(printed.rows), _LISTED), -1, -1):
        message = _message(request, digest, printed, listed)
        if not message.faults:
            return message
    return SlackMessage(_text(request, digest, printed))


def _printed(request: RenderRequest, digest: Digest) -> _Printed:
    localizer, rows = request.localizer, _in_order(digest, request.tenant.severity)
    worst = next((row.severity for row in rows if row.firing), "")
    severity = _severity(request, worst) if digest.firing else Safe()
    return _Printed(
        heading=join((localizer.word("state", _state_of(digest), 2), severity)),
        counts=_counts(request, Row("", "", request.now, *_sum(digest))),
        rows=[
            localizer.line(
                "digest_row",
                severity=_severity(request, row.severity),
                name=_name(request.redactor, row.name),
                counts=_counts(request, row),
            )
            for row in rows
        ],
        alerts=[row.total for row in rows],
        criticals=[_critical(request, labels) for _, labels in digest.criticals],
        note=localizer.line("digest_note", absorbs=digest.lane is not None, firing=digest.firing + digest.unreported),
    )


def _in_order(digest: Digest, severity: Severity) -> list[Row]:
    """What fires before what is over, the worst first, then the newest; what is counted together comes last."""
    return sorted(
        digest.rows,
        key=lambda row: (
            not row.firing,
            not row.unreported,
            not row.name,
            severity.rank({severity.label: row.severity}),
            -row.newest,
            row.name,
        ),
    )


def _sum(digest: Digest) -> tuple[int, ...]:
    rows = digest.rows
    return (
        sum(row.firing for row in rows),
        sum(row.resolved for row in rows),
        sum(row.stale for row in rows),
        sum(row.rerouted for row in rows),
        sum(row.unreported for row in rows),
    )


def _counts(request: RenderRequest, row: Row) -> Safe:
    counts = {
        ShownState.FIRING: row.firing,
        ShownState.RESOLVED: row.resolved,
        ShownState.STALE: row.stale,
        ShownState.REROUTED: row.rerouted,
        ShownState.UNREPORTED: row.unreported,
    }
    return request.localizer.line("counts", counts=counts, reopened=0, dotted=True, alone=False, flapping=False)


def _severity(request: RenderRequest, severity: str) -> Safe:
    label = request.tenant.severity.label
    read = request.redactor.line(request.redactor.label(label, severity), _MAX_NAME) if severity else ""
    return request.localizer.word("severity", read) if read else Safe()


def _name(redactor: Redactor, name: str) -> str:
    return redactor.line(redactor.label(NAME, name), _MAX_NAME) if name else ""


def _critical(request: RenderRequest, labels: Sequence[str]) -> Safe:
    """A group in which critical alerts fire: its name, and what it is grouped by."""
    redactor, pairs = request.redactor, list(zip(labels[::2], labels[1::2], strict=True))
    name = next((value for label, value in pairs if label == NAME), "")
    others = [
        redactor.line(f"{label}={redactor.text(redactor.label(label, value))}", _MAX_NAME)
        for label, value in pairs
        if label != NAME and value
    ]
    return request.localizer.line("digest_critical", name=_name(redactor, name), labels=others)


def _message(request: RenderRequest, digest: Digest, printed: _Printed, listed: int) -> SlackMessage:
    title = request.localizer.line(
        "digest_title", mentions=_mentions(request), state=_state(request, digest), groups=digest.groups
    )
    criticals = _lines(printed.criticals[: min(_NAMED, listed)])
    rows = _lines(printed.rows[:listed])
    small = join((_more(request, printed, listed), printed.note, _footer(request)), " · ")
    blocks = [section(one) for one in (printed.counts, criticals, rows) if one]
    words = _text(request, digest, printed)
    fallback = truncate(Safe(words.removeprefix(_mentions(request)).strip()), _MAX_FALLBACK)
    bar_beside = Attachment(_color(digest, request.tenant.severity), fallback, (*blocks, context(small)))
    return SlackMessage(words, (section(title),), (bar_beside,))


def _lines(lines: Sequence[Safe]) -> Safe:
    return join([Safe(f"• {line}") for line in lines], "\n")


def _state(request: RenderRequest, digest: Digest) -> Safe:
    return request.localizer.word("state", _state_of(digest), 2)


def _state_of(digest: Digest) -> ShownState:
    """The worst that it counts and that is not over."""
    if digest.firing:
        return ShownState.FIRING
    return ShownState.UNREPORTED if digest.unreported else ShownState.RESOLVED


def _color(digest: Digest, severity: Severity) -> str:
    worst = next((row for row in _in_order(digest, severity) if row.firing), None)
    if worst is None:
        return bar(_state_of(digest), "", severity.mildest)
    return bar(ShownState.FIRING, worst.severity, severity.rank({severity.label: worst.severity}))


def _more(request: RenderRequest, printed: _Printed, listed: int) -> Safe:
    hidden = sum(printed.alerts[listed:])
    return request.localizer.sentence("more", hidden, hidden=hidden) if hidden else Safe()


def _footer(request: RenderRequest) -> Safe:
    return request.localizer.line(
        "footer",
        receiver=inline(request.receiver.name, _MAX_NAME),
        route="",
        tenant=inline(request.tenant.tenant_id, _MAX_NAME),
        now=request.now,
    )


def _mentions(request: RenderRequest) -> Safe:
    return mentions(request.receiver.mention) if request.notification.mentions else Safe()


def _text(request: RenderRequest, digest: Digest, printed: _Printed) -> Safe:
    """The whole message in sentences, with as many rows as fit."""
    words = Safe()
    for listed in range(min(len(printed.rows), _LISTED), -1, -1):
        words = request.localizer.line(
            "digest_text",
            mentions=_mentions(request),
            heading=printed.heading,
            groups=digest.groups,
            counts=printed.counts,
            rows=printed.rows[:listed],
            more=_more(request, printed, listed),
            note=printed.note,
        )
        if len(words) <= MAX_TEXT:
            break
    return truncate(words, MAX_TEXT)


def _news(request: RenderRequest, digest: Digest) -> Safe:
    """That it is over, or that it absorbs again."""
    return request.localizer.line(
        "digest_news", mentions=_mentions(request), again=request.notification.reopens, groups=digest.groups
    )
