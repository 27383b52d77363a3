"""A message that Slack would refuse or split is known before it is sent, with what is wrong with it."""

from collections.abc import Callable, Mapping
from typing import Final

import pytest

from router.core.slack.message import (
    MAX_ADDRESS,
    MAX_ATTACHMENT_BLOCKS,
    MAX_BUTTONS,
    MAX_DESCRIPTION,
    MAX_LABEL,
    MAX_SECTION,
    MAX_SERIALIZED,
    MAX_TEXT,
    Attachment,
    Block,
    SlackMessage,
    context,
    image,
    link_buttons,
    section,
)
from tests.bounds import tries

URL = "https://x.test/"


def an_attachment(blocks: int) -> Attachment:
    return Attachment("#E01E5A", "fallback", (section("x"),) * blocks)


def _picture_address(length: int) -> str:
    return f"a picture's address has {length} characters, or is not https"


def _picture_words(description: int, title: int) -> str:
    return f"a picture's description has {description} characters, its title {title}"


@pytest.mark.parametrize(
    "message",
    [
        SlackMessage("x"),
        SlackMessage("x" * MAX_TEXT),
        SlackMessage("x", (section("x" * MAX_SECTION), context("x"))),
        SlackMessage("x", attachments=(an_attachment(MAX_ATTACHMENT_BLOCKS),)),
        SlackMessage(
            "x",
            (
                link_buttons([("x" * MAX_LABEL, URL)] * MAX_BUTTONS),
                link_buttons([("x", URL.ljust(MAX_ADDRESS, "x"))]),
            ),
        ),
    ],
    ids=["a word", "the longest text", "the longest section", "the most blocks", "the most buttons"],
)
def test_a_message_within_the_limits_has_no_fault(message: SlackMessage) -> None:
    assert message.faults == ()


@pytest.mark.parametrize(
    ("message", "fault"),
    [
        (SlackMessage(""), "text has 0 characters"),
        (SlackMessage(" \n"), "text has 2 characters"),
        (SlackMessage("x" * (MAX_TEXT + 1)), "text has 3001 characters"),
        (SlackMessage("x", attachments=(an_attachment(1),) * 2), "2 attachments"),
        (SlackMessage("x", attachments=(an_attachment(0),)), "0 blocks in the attachment"),
        (SlackMessage("x", attachments=(an_attachment(MAX_ATTACHMENT_BLOCKS + 1),)), "21 blocks in the attachment"),
        (SlackMessage("x", (section(" "),)), "a block's text has 1 characters"),
        (SlackMessage("x", (context("x" * (MAX_SECTION + 1)),)), "a block's text has 3001 characters"),
        (SlackMessage("x", (image("http://x.test/", "x"),)), _picture_address(14)),
        (SlackMessage("x", (image(URL.ljust(MAX_ADDRESS + 1, "x"), "x"),)), _picture_address(MAX_ADDRESS + 1)),
        (SlackMessage("x", (image(URL, " "),)), _picture_words(1, 0)),
        (SlackMessage("x", (image(URL, "x" * (MAX_DESCRIPTION + 1)),)), _picture_words(MAX_DESCRIPTION + 1, 0)),
        (SlackMessage("x", (image(URL, "x", "x" * (MAX_DESCRIPTION + 1)),)), _picture_words(1, MAX_DESCRIPTION + 1)),
        (SlackMessage("x", (link_buttons([]),)), "0 buttons in a row"),
        (SlackMessage("x", (link_buttons([("x", URL)] * (MAX_BUTTONS + 1)),)), "26 buttons in a row"),
        (SlackMessage("x", (link_buttons([(" ", URL)]),)), "a button's label has 1 characters"),
        (SlackMessage("x", (link_buttons([("x" * (MAX_LABEL + 1), URL)]),)), "a button's label has 76 characters"),
        (
            SlackMessage("x", (link_buttons([("x", URL.ljust(MAX_ADDRESS + 1, "x"))]),)),
            "a button's address has 3001 characters",
        ),
    ],
)
def test_each_fault_is_named(message: SlackMessage, fault: str) -> None:
    assert message.faults == (fault,)


def _of_blocks(*blocks: Block) -> SlackMessage:
    return SlackMessage("x", blocks)


SIZES: Final[Mapping[str, tuple[int, Callable[[int], SlackMessage]]]] = {
    "text": (MAX_TEXT, lambda size: SlackMessage("x" * size)),
    "section": (MAX_SECTION, lambda size: _of_blocks(section("x" * size))),
    "context": (MAX_SECTION, lambda size: _of_blocks(context("x" * size))),
    "label": (MAX_LABEL, lambda size: _of_blocks(link_buttons([("x" * size, URL)]))),
    "address": (MAX_ADDRESS, lambda size: _of_blocks(link_buttons([("x", URL.ljust(size, "x"))]))),
    "picture": (MAX_ADDRESS, lambda size: _of_blocks(image(URL.ljust(size, "x"), "x"))),
    "buttons": (MAX_BUTTONS, lambda count: _of_blocks(link_buttons([("x", URL)] * count))),
    "description": (MAX_DESCRIPTION, lambda size: _of_blocks(image(URL, "x" * size))),
    "title": (MAX_DESCRIPTION, lambda size: _of_blocks(image(URL, "x", "x" * size))),
    "blocks": (MAX_ATTACHMENT_BLOCKS, lambda count: SlackMessage("x", attachments=(an_attachment(count),))),
}


@pytest.mark.parametrize("kind", SIZES)
@tries(
    "text of a message",
    "section of a message",
    "label of a button",
    "address of a button or a picture",
    "buttons in a row",
    "description, or title, of a picture",
    "blocks of an attachment",
)
def test_a_part_of_a_message_has_the_size_that_slack_takes(kind: str, beyond: int) -> None:
    bound, message_of = SIZES[kind]

    assert len(message_of(bound + beyond).faults) == (1 if beyond > 0 else 0)


def test_blocks_that_are_only_together_too_long_are_a_fault() -> None:
    message = SlackMessage("x", (section("x" * MAX_SECTION),) * 4)

    assert message.serialized_chars > MAX_SERIALIZED
    assert message.faults == (f"blocks have {message.serialized_chars} characters",)
    assert message.too_much


@tries("blocks together")
def test_blocks_have_together_as_many_characters_as_the_bound(beyond: int) -> None:
    blocks = [section("x" * MAX_SECTION)] * 3
    rest = MAX_SERIALIZED - SlackMessage("x", (*blocks, section("x"))).serialized_chars
    message = SlackMessage("x", (*blocks, section("x" * (1 + rest + beyond))))

    assert message.serialized_chars == MAX_SERIALIZED + beyond
    assert bool(message.faults) is (beyond > 0)
