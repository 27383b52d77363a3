"""Whatever a message says, anywhere in it, is text: it brings no element, no attribute, no address of its own."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_view import Appearance, page
from slack_view.message import draw_message
from slack_view.mrkdwn import mrkdwn

from tests.examples import examples
from tests.slack_view.reading import Reading, read

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "<javascript:alert(1)|click>",
    "<https://x.test/\"onclick='alert(1)'|click>",
    "<https://x.test|<img src=x onerror=alert(1)>>",
    '<!date^1^"><script>alert(1)</script>^javascript:alert(1)|<b onclick=x>>',
    "<!subteam^S1|<script>>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&amp;lt;script&amp;gt;",
    "*<script>*`<script>`_<script>_",
    "```<script>alert(1)</script>```",
    "> </blockquote><script>",
    "</style><script>alert(1)</script><!--",
    "\x00<script>\ud800",
    "]]><!--<svg onload=alert(1)>",
]
TAGS = {
    "a", "article", "b", "blockquote", "br", "code", "details", "div", "figcaption", "figure", "h3", "header", "hr",
    "i", "li", "ol", "p", "path", "pre", "rect", "s", "span", "strong", "summary", "svg", "time",
}  # fmt: skip
ATTRIBUTES = {
    "aria-hidden", "class", "d", "data-colour", "data-fold", "data-format", "data-ts", "datetime", "fill", "height",
    "href", "open", "rel", "target", "title", "viewbox", "width",
}  # fmt: skip


def everywhere(text: str) -> dict[str, Any]:
    """A message that says it in every place."""
    marked, flat = {"type": "mrkdwn", "text": text}, {"type": "plain_text", "text": text}
    image = {"type": "image", "image_url": text, "alt_text": text, "title": flat}
    button = {"type": "button", "text": flat, "url": text, "style": text}
    blocks = [
        {"type": "section", "text": marked, "fields": [marked, flat], "accessory": button},
        {"type": "header", "text": flat},
        {"type": "context", "elements": [marked, image]},
        {"type": "actions", "elements": [button, {"type": text, "placeholder": flat}]},
        {"type": "markdown", "text": text},
        {"type": text},
        image,
    ]
    legacy = dict.fromkeys(
        ("pretext", "color", "author_name", "author_link", "title", "title_link", "text", "image_url", "footer"), text
    )
    message = {
        "ts": text,
        "text": text,
        "attachments": [{**legacy, "fields": [{"title": text, "value": text}]}, {"color": text, "blocks": blocks}],
        "edits": 1,
        "texts": [text, text],
        "times_s": [1.0, 2.0],
        "reactions": [text],
        "author": {"name": text, "app": False},
    }
    return {**message, "blocks": blocks, "replies": [{**message, "broadcast": True}]}


def complaints(reading: Reading) -> Iterator[str]:
    for element in reading.elements:
        if element.tag not in TAGS:
            yield f"element {element.tag}"
        for name, value in element.attributes.items():
            if name not in ATTRIBUTES:
                yield f"attribute {name} of {element.tag}"
            if name == "href" and not (value or "").lower().startswith(("https://", "http://")):
                yield f"address {value}"


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text(text: str) -> None:
    appearance = Appearance(names={"S1": text})

    assert list(complaints(read(draw_message(everywhere(text), appearance)))) == []


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_brings_no_script_into_a_page(text: str) -> None:
    drawn = page(text, [everywhere(text)])

    assert drawn.count("<script") == drawn.count("</script>") == 1
    assert drawn.count("<style") == drawn.count("</style>") == 1
    assert "<img" not in drawn


@examples(200)
@given(st.text(alphabet=st.sampled_from("<>&|!@#^*_~`\"'/:;= \nahttps1SU\x00"), max_size=40))
def test_any_text_stays_text(text: str) -> None:
    assert list(complaints(read(mrkdwn(text, {})))) == []


def test_what_a_message_says_can_be_read() -> None:
    assert read(mrkdwn("<b> & \"x\" 'y'", {})).text == "<b> & \"x\" 'y'"


def test_long_hostile_text_is_drawn_in_no_time() -> None:
    for piece in ("<", "*a", "`", "_ ", "```", "<!", ">\n", "&lt;", ":a"):
        mrkdwn(piece * 10_000, {})
