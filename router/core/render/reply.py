"""The reply in the thread: what changed, said aloud because Slack notifies nobody of an edit.

It tells only of the alerts that were not yet said, by what they became, and how many fire in all.
"""

from collections.abc import Iterator
from dataclasses import replace
from enum import StrEnum

from router.core.decide.notification import Telling
from router.core.model.group import Notification, ToldAs
from router.core.model.instant import NEVER, earliest
from router.core.render.parts import Parts, together
from router.core.render.text import plain, text
from router.core.slack.markup import Safe, truncate
from router.core.slack.message import Block, SlackMessage, context, section


class News(StrEnum):
    """What a reply says first, before it counts."""

    REOPENED = "reopened"
    ESCALATED = "escalated"
    STILL_FIRING = "still_firing"
    ALL_RESOLVED = "all_resolved"
    CHANGES = "changes"


def reply(parts: Parts, loaded: Notification, telling: Telling) -> SlackMessage:
    """The reply with its alerts, as many as fit."""
    parts, kind, totals = _about(parts, loaded, telling)
    news = _news(parts, kind)
    said = text(parts, news, totals)
    alerts = list(parts.alerts())
    for listed in range(len(alerts), -1, -1):
        blocks = _blocks(parts, news, totals, alerts[:listed])
        message = SlackMessage(said, tuple(blocks))
        if message.fits:
            return message
    return SlackMessage(said)


def plain_reply(parts: Parts, loaded: Notification, telling: Telling) -> Safe:
    """The reply in words alone."""
    parts, kind, totals = _about(parts, loaded, telling)
    return plain(parts, _news(parts, kind), totals)


def news_kind(loaded: Notification, telling: Telling) -> News:
    """What is new."""
    told = set(telling.shown.values())
    if ToldAs.FIRING not in told:
        quiet = not loaded.firing and ToldAs.STALE not in told
        return News.CHANGES if told and not quiet else News.ALL_RESOLVED if quiet else News.STILL_FIRING
    if telling.reopens:
        return News.REOPENED
    return News.ESCALATED if telling.escalates else News.CHANGES


def _about(parts: Parts, loaded: Notification, telling: Telling) -> tuple[Parts, News, Safe]:
    """The parts, the kind of news, and how many fire where the news does not say it."""
    kind = news_kind(loaded, telling)
    if kind is News.STILL_FIRING:
        firing = (alert.registers.start for alert in loaded.alerts.values() if alert.shown_firing)
        parts = replace(parts, view=replace(parts.view, start=earliest(*firing)))
    elif parts.view.state is ToldAs.FIRING:
        parts = replace(parts, view=replace(parts.view, start=NEVER))
    said_already = kind is News.CHANGES and loaded.firing == parts.view.counts.get(ToldAs.FIRING, 0)
    return parts, kind, Safe() if said_already else parts.counts({ToldAs.FIRING: loaded.firing})


def _news(parts: Parts, kind: News) -> Safe:
    return parts.wording.line("news", kind=kind, counts=parts.view.counts, severity=parts.severity)


def _blocks(parts: Parts, news: Safe, totals: Safe, alerts: list[Safe]) -> Iterator[Block]:
    view = parts.view
    own = parts.own("reply", lambda: {"mention": parts.mentions, "news": news, "totals": totals})
    lead = own or parts.wording.lines(
        "reply",
        mentions=parts.mentions,
        news=news,
        subject=parts.subject,
        labels=view.labels,
        totals=totals,
        period=parts.period(view, parts.wording.token) if not alerts else "",
    )
    yield section(truncate(lead, 1_500))
    yield from map(section, together(alerts))
    more = parts.more(len(alerts))
    if more:
        yield context(more)
