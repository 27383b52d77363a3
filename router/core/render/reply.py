"""The reply in the thread: what changed, since Slack notifies nobody of an edit.

It names only the alerts that no reply has reported yet, by what they became, and counts how many fire in all.
"""

from collections.abc import Iterator
from enum import StrEnum

from router.core.decide.notification import Notification
from router.core.model.alert_state import ShownState
from router.core.model.changed import replace
from router.core.model.group import AlertGroup
from router.core.model.instant import NEVER, earliest
from router.core.model.operation import Reason
from router.core.render.parts import Parts
from router.core.render.prose.listed import Listed, blocks_of
from router.core.render.request import RenderRequest
from router.core.render.text import plain, text
from router.core.slack.markup import Safe, truncate
from router.core.slack.message import Block, SlackMessage, context, section


class News(StrEnum):
    """What a reply begins with, before it counts."""

    REOPENED = "reopened"
    ESCALATED = "escalated"
    STILL_FIRING = "still_firing"
    QUIET = "quiet"
    ALL_RESOLVED = "all_resolved"
    CHANGES = "changes"


def reply(parts: Parts, request: RenderRequest) -> SlackMessage:
    """The reply with its alerts, as many as fit."""
    parts, kind, totals = _about(parts, request)
    news = _news(parts, kind, request)
    words = text(parts, news, totals)
    alerts = list(parts.alerts())
    for listed in range(len(alerts), -1, -1):
        blocks = _blocks(parts, news, totals, alerts[:listed])
        message = SlackMessage(words, tuple(blocks))
        if not message.too_much:
            return message
    return SlackMessage(words)


def plain_reply(parts: Parts, request: RenderRequest) -> Safe:
    """The reply in words alone."""
    parts, kind, totals = _about(parts, request)
    return plain(parts, _news(parts, kind, request), totals)


def news_kind(group: AlertGroup, notification: Notification) -> News:
    """What is new."""
    shown = set(notification.shown.values())
    if notification.reason is Reason.QUIET and not shown:
        return News.QUIET
    if ShownState.FIRING in shown:
        if notification.reopens:
            return News.REOPENED
        return News.ESCALATED if notification.escalates else News.CHANGES
    if not group.is_open and not group.not_shown and ShownState.STALE not in shown:
        return News.ALL_RESOLVED
    return News.CHANGES if shown else News.STILL_FIRING


def _about(parts: Parts, request: RenderRequest) -> tuple[Parts, News, Safe]:
    """The parts, the kind of news, and how many fire where the news does not count them."""
    group, view = request.group, parts.view
    kind = news_kind(group, request.notification)
    if kind in {News.STILL_FIRING, News.QUIET}:
        firing = (alert.registers.began for alert in group.alerts.values() if alert.shown_firing)
        view = replace(view, times=replace(view.times, start=earliest(*firing)))
    elif view.state is ShownState.FIRING:
        view = replace(view, times=replace(view.times, start=NEVER))
    headline = "" if view.state is ShownState.RESOLVED and view.counts else view.headline
    parts = replace(parts, view=replace(view, headline=headline, in_all=kind in {News.CHANGES, News.ESCALATED}))
    counted = parts.alone or (kind is News.CHANGES and group.firing == view.counts.get(ShownState.FIRING, 0))
    return parts, kind, Safe() if counted else parts.counts({ShownState.FIRING: group.firing})


def _news(parts: Parts, kind: News, request: RenderRequest) -> Safe:
    view, flaps = parts.view, request.notification.flaps
    return parts.localizer.line(
        "news",
        kind=kind,
        counts=view.counts,
        level=view.severity,
        severity=parts.severity,
        flapping=flaps.is_on,
        fires=request.group.firing > 0,
        over=not request.group.is_open,
        turns=flaps.count,
        quiet=request.tenant.flapping.quiet,
        alerts=view.counts.get(ShownState.FIRING, view.total) if view.name else view.total,
    )


def _blocks(parts: Parts, news: Safe, totals: Safe, alerts: list[Listed]) -> Iterator[Block]:
    view = parts.view
    own = parts.custom("reply", lambda: {"mention": parts.mentions, "news": news, "totals": totals})
    lead = own or parts.localizer.lines(
        "reply",
        mentions=parts.mentions,
        news=news,
        subject=parts.subject,
        headline=view.headline,
        labels=view.labels,
        totals=totals,
        period=parts.period(view, parts.localizer.tokens) if not alerts else "",
    )
    yield section(truncate(lead, 1_500))
    yield from blocks_of(alerts)
    more = parts.more(len(alerts))
    if more:
        yield context(more)
