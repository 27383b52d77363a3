"""Messages in words alone: the text beside a card, and the plain message that stands in for a refused one.

Both list as many alerts as fit and count the rest, so that what is cut is always said.
"""

from collections.abc import Callable

from router.core.render.beside.surroundings import in_words
from router.core.render.parts import Parts
from router.core.slack.markup import Safe, truncate
from router.core.slack.message import MAX_TEXT


def text(parts: Parts, heading: Safe, counts: Safe) -> Safe:
    """The whole message in sentences, for phones and screen readers."""
    return _fit(
        parts,
        lambda alerts, more: (
            _custom_text(parts, heading, counts, alerts, more)
            or parts.localizer.line(
                "text",
                heading=heading,
                counts=counts,
                alerts=alerts,
                more=more,
                surroundings=in_words(parts),
                **_of_the_message(parts),
            )
        ),
    )


def _custom_text(parts: Parts, heading: Safe, counts: Safe, alerts: list[Safe], more: Safe) -> Safe | None:
    values = {
        "mention": parts.mentions,
        "heading": heading,
        "tally": counts,
        "more": more,
        "rerouted": parts.rerouted,
    }
    return parts.custom("text", lambda: {**values, "alerts": alerts}, parts.localizer.words)


def plain(parts: Parts, heading: Safe, counts: Safe) -> Safe:
    """The whole message in lines, without blocks, links or markup: nothing in it can be refused."""
    return _fit(
        parts,
        lambda alerts, more: parts.localizer.lines(
            "plain",
            heading=heading,
            counts=counts,
            alerts=alerts,
            more=more,
            **_of_the_message(parts),
            receiver=parts.receiver,
            route=parts.route,
            tenant=parts.tenant,
        ),
    )


def _of_the_message(parts: Parts) -> dict[str, object]:
    """What both texts say of the whole message."""
    return {
        "mentions": parts.mentions,
        "subject": parts.subject,
        "headline": parts.view.headline,
        "labels": parts.view.labels,
        "moved": parts.moved.words,
        "rerouted": parts.rerouted,
        "period": parts.period(parts.view, parts.localizer.words),
    }


def _fit(parts: Parts, print_with: Callable[[list[Safe], Safe], Safe]) -> Safe:
    alerts = list(parts.alert_texts())
    unreplied = len(parts.view.alerts) - len(alerts)
    for listed in range(len(alerts), 0, -1):
        printed = print_with(alerts[:listed], parts.more(listed + unreplied))
        if len(printed) <= MAX_TEXT:
            return printed
    return truncate(print_with([], parts.more(unreplied)), MAX_TEXT)
