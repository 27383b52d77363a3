"""Attachments as HTML: a coloured bar, and beside it blocks or legacy fields.

The bar is an SVG with a fill, because a strict content policy forbids inline styles. The colour never carries meaning
alone: the words beside it say the same.
"""

import re
from collections.abc import Iterator
from typing import Final

from markupsafe import Markup

from slack_view.appearance import Appearance
from slack_view.blocks import draw_blocks, picture
from slack_view.markup import classed, el, joined
from slack_view.moment import moment
from slack_view.mrkdwn import mrkdwn
from slack_view.reading import Json, records, string, whole
from slack_view.token import link

_NAMED: Final = {"good": "#2EB67D", "warning": "#ECB22E", "danger": "#E01E5A"}
_HEX: Final = re.compile(r"#?([0-9A-Fa-f]{6})")


def draw_attachments(attachments: object, appearance: Appearance) -> Markup:
    """The attachments, one under the other."""
    return joined(_attachment(attachment, appearance) for attachment in records(attachments))


def colour(value: object) -> str | None:
    """The colour as CSS writes it; None if it is not a valid colour, which is drawn in grey."""
    named = string(value)
    found = _HEX.fullmatch(_NAMED.get(named, named))
    return f"#{found[1].upper()}" if found else None


def _attachment(attachment: Json, appearance: Appearance) -> Markup:
    pretext = string(attachment.get("pretext"))
    inside = (
        draw_blocks(attachment["blocks"], appearance)
        if "blocks" in attachment
        else joined(_legacy(attachment, appearance))
    )
    return joined(
        [
            classed("div", "pretext", mrkdwn(pretext, appearance.names)) if pretext else None,
            classed("div", "attachment", _bar(colour(attachment.get("color"))), classed("div", "beside", inside)),
        ]
    )


def _bar(shade: str | None) -> Markup:
    rect = el("rect", {"width": "100%", "height": "100%", "fill": shade or "#8D8D8D"})
    return el("svg", {"class": "bar", "aria-hidden": "true", "data-colour": shade or "none"}, rect)


def _legacy(attachment: Json, appearance: Appearance) -> Iterator[Markup]:
    author, title, text = (string(attachment.get(key)) for key in ("author_name", "title", "text"))
    if author:
        yield classed("div", "author", link(string(attachment.get("author_link")), author))
    if title:
        yield classed("div", "title", link(string(attachment.get("title_link")), title))
    if text:
        yield classed("div", "text", mrkdwn(text, appearance.names))
    fields = [_field(field, appearance) for field in records(attachment.get("fields"))]
    if fields:
        yield classed("div", "fields", *fields)
    if attachment.get("image_url"):
        yield picture(attachment)
    yield from _footer(attachment)


def _field(field: Json, appearance: Appearance) -> Markup:
    value = mrkdwn(string(field.get("value")), appearance.names)
    return classed("div", "field", el("b", None, string(field.get("title"))), el("br"), value)


def _footer(attachment: Json) -> Iterator[Markup]:
    footer, at = string(attachment.get("footer")), whole(attachment.get("ts"))
    if footer or at:
        when = moment(at, "{date_short_pretty} {time}", "") if at else None
        yield classed("div", "context", joined([footer, when], " · "))
