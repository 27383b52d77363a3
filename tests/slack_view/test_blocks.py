"""Each block an alert is made of, and a note in place of others."""

from typing import Any

import pytest
from slack_view.appearance import Appearance
from slack_view.blocks import draw_blocks

from tests.slack_view.reading import read

BOLD = {"type": "mrkdwn", "text": "*b*"}
PLAIN = {"type": "plain_text", "text": "*b*"}
BUTTON = {"type": "button", "text": PLAIN}


@pytest.mark.parametrize(
    ("block", "html"),
    [
        (
            {"type": "section", "text": BOLD},
            '<div class="block section"><div class="content"><div class="text"><b>b</b></div></div></div>',
        ),
        (
            {"type": "section", "fields": [BOLD, PLAIN]},
            '<div class="block section"><div class="content"><div class="fields"><div class="field"><b>b</b></div>'
            '<div class="field">*b*</div></div></div></div>',
        ),
        ({"type": "header", "text": PLAIN}, '<h3 class="block header">*b*</h3>'),
        (
            {"type": "context", "elements": [BOLD, PLAIN]},
            '<div class="block context"><span class="element"><b>b</b></span><span class="element">*b*</span></div>',
        ),
        ({"type": "divider"}, '<hr class="block divider">'),
        (
            {"type": "actions", "elements": [BUTTON]},
            '<div class="block actions"><span class="button">*b*</span></div>',
        ),
        ({"type": "video"}, '<div class="block unknown">a block of type “video”</div>'),
    ],
)
def test_a_block_is_drawn(block: dict[str, Any], html: str) -> None:
    assert draw_blocks([block], Appearance()) == html


def test_a_button_with_an_address_leads_there() -> None:
    drawn = draw_blocks(
        [{"type": "actions", "elements": [{**BUTTON, "url": "https://x.test", "style": "danger"}]}], Appearance()
    )

    [link] = [one for one in read(drawn).elements if one.tag == "a"]
    assert link.attributes["href"] == "https://x.test"
    assert link.attributes["class"] == "button danger"


@pytest.mark.parametrize(
    "block",
    [
        {"type": "image", "image_url": "https://x.test/a.png", "alt_text": "a graph"},
        {
            "type": "context",
            "elements": [{"type": "image", "image_url": "https://x.test/a.png", "alt_text": "a graph"}],
        },
        {
            "type": "section",
            "accessory": {"type": "image", "image_url": "https://x.test/a.png", "alt_text": "a graph"},
        },
    ],
)
def test_a_picture_is_described_and_never_loaded(block: dict[str, Any]) -> None:
    reading = read(draw_blocks([block], Appearance()))

    assert "a graph" in reading.text
    assert [one for one in reading.elements if one.tag == "img" or "src" in one.attributes] == []


@pytest.mark.parametrize(
    "blocks",
    [
        None, "text", 7, {}, [None, 7, "x", []], [{}], [{"type": None}], [{"type": "section"}],
        [{"type": "section", "text": "no object", "fields": {}, "accessory": []}],
        [{"type": "header"}, {"type": "context", "elements": [1]}, {"type": "actions", "elements": [{}]}],
        [{"type": "image"}, {"type": "markdown", "text": {}}],
    ],
)  # fmt: skip
def test_what_is_no_block_does_not_stop_the_drawing(blocks: object) -> None:
    read(draw_blocks(blocks, Appearance()))
