"""What is handed to Slack: a text and Block Kit, as values, and the limits they must keep.

Slack refuses a whole message for one key too many or one character too long, and splits a text above 4,000 characters
into several messages. The limits here are ours and tighter; `faults` names what breaks them, so that a broken layout
falls back to plain text instead of being refused.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from pydantic_core import to_json

from router.core.slack.new_block import NewBlock, chart_faults, children, folded_faults, place_faults

MAX_TEXT: Final = 3_000
MAX_SECTION: Final = 3_000
MAX_LABEL: Final = 75
"""Of a button; Slack shows about 30."""

MAX_ADDRESS: Final = 3_000
MAX_BUTTONS: Final = 25
MAX_DESCRIPTION: Final = 2_000
"""Of a picture; its title likewise."""
MAX_ATTACHMENT_BLOCKS: Final = 20
MAX_SERIALIZED: Final = 10_000
"""Over blocks and attachments together; Slack's own total is undocumented, near 13,200."""

_ENCODER: Final = json.JSONEncoder(ensure_ascii=False, check_circular=False)

Block = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Attachment:
    """The coloured bar and what stands beside it; Slack takes no other key along with blocks."""

    color: str
    fallback: str
    blocks: tuple[Block, ...]

    def as_json(self) -> dict[str, object]:
        """The attachment as Slack reads it."""
        return {"color": self.color, "fallback": str(self.fallback), "blocks": list(self.blocks)}


@dataclass(frozen=True)
class SlackMessage:
    """One message: `text` says everything for phones and screen readers, the rest shows it."""

    text: str
    blocks: tuple[Block, ...] = ()
    attachments: tuple[Attachment, ...] = ()

    def arguments(self) -> dict[str, object]:
        """What chat.postMessage and chat.update have in common.

        Lists are given also when empty, so that an edit clears what was there. `parse` and `link_names` are always
        given, because chat.update reads @names and addresses out of the text unless told not to.
        """
        return {
            "text": str(self.text),
            "blocks": list(self.blocks),
            "attachments": [attachment.as_json() for attachment in self.attachments],
            "parse": "none",
            "link_names": False,
        }

    @property
    def new_blocks(self) -> frozenset[NewBlock]:
        """The kinds of Slack's newer blocks in it, which a workspace may refuse; they stand above the attachments."""
        return frozenset(one for one in NewBlock if any(block.get("type") == one for block in self.blocks))

    @cached_property
    def chars_at_most(self) -> int:
        """No less than `serialized_chars`, and much faster: compact JSON, with each comma and colon counted twice."""
        attachments = [attachment.as_json() for attachment in self.attachments]
        compact = to_json([self.blocks, attachments])
        return len(compact) + compact.count(b",") + compact.count(b":")

    @property
    def serialized_chars(self) -> int:
        """The length of blocks and attachments as JSON, which stands in for Slack's total."""
        attachments = [attachment.as_json() for attachment in self.attachments]
        return len(_ENCODER.encode([self.blocks, attachments]))

    @property
    def too_much(self) -> tuple[str, ...]:
        """The limits broken that fewer alerts would help to keep."""
        return tuple(_too_much(self))

    @property
    def faults(self) -> tuple[str, ...]:
        """Everything that Slack would or might refuse; empty for a sound message."""
        return (*_badly_built(self), *_too_much(self))


def section(text: str) -> Block:
    """A paragraph in which Slack looks for no names or addresses of its own accord."""
    return {"type": "section", "text": _mrkdwn(text)}


def context(text: str) -> Block:
    """Small print."""
    return {"type": "context", "elements": [_mrkdwn(text)]}


def link_buttons(links: Sequence[tuple[str, str]]) -> Block:
    """A row of buttons that lead somewhere: the label of each, as it is read, and its web address."""
    return {"type": "actions", "elements": [_button(place, *one) for place, one in enumerate(links)]}


def image(url: str, description: str, title: str = "") -> Block:
    """A picture that Slack fetches, and what it shows as text; a title above it where that is needed."""
    shown: dict[str, object] = {"type": "image", "image_url": url, "alt_text": str(description)}
    return {**shown, "title": {"type": "plain_text", "text": title, "emoji": False}} if title else shown


def _button(place: int, label: str, url: str) -> Block:
    text = {"type": "plain_text", "text": str(label), "emoji": False}
    return {"type": "button", "action_id": f"link-{place}", "text": text, "url": url}


def _mrkdwn(text: str) -> Block:
    # JSON is written three times as fast from plain text as from a subclass.
    return {"type": "mrkdwn", "text": str(text), "verbatim": True}


def _too_much(message: SlackMessage) -> Iterator[str]:
    blocks = max((len(attachment.blocks) for attachment in message.attachments), default=0)
    if blocks > MAX_ATTACHMENT_BLOCKS:
        yield f"{blocks} blocks in the attachment"
    if message.chars_at_most <= MAX_SERIALIZED:
        return
    chars = message.serialized_chars
    if chars > MAX_SERIALIZED:
        yield f"blocks have {chars} characters"


def _badly_built(message: SlackMessage) -> Iterator[str]:
    if not 0 < len(message.text.strip()) <= len(message.text) <= MAX_TEXT:
        yield f"text has {len(message.text)} characters"
    if len(message.attachments) > 1:
        yield f"{len(message.attachments)} attachments"
    if any(not attachment.blocks for attachment in message.attachments):
        yield "0 blocks in the attachment"
    attached = [block for attachment in message.attachments for block in attachment.blocks]
    yield from place_faults(message.blocks, attached)
    for block in (*message.blocks, *attached):
        for one in (block, *children(block)):
            yield from _BLOCK_FAULTS.get(str(one["type"]), _text_faults)(one)


def _text_faults(block: Block) -> Iterator[str]:
    for element in _elements(block) or (block.get("text"),):
        text = _text(element)
        if not 0 < len(text.strip()) <= len(text) <= MAX_SECTION:
            yield f"a block's text has {len(text)} characters"


def _button_faults(block: Block) -> Iterator[str]:
    buttons = _elements(block)
    if not 0 < len(buttons) <= MAX_BUTTONS:
        yield f"{len(buttons)} buttons in a row"
    for button in buttons:
        label, url = _text(button["text"]), str(button["url"])
        if not 0 < len(label.strip()) <= len(label) <= MAX_LABEL:
            yield f"a button's label has {len(label)} characters"
        if len(url) > MAX_ADDRESS:
            yield f"a button's address has {len(url)} characters"


def _picture_faults(block: Block) -> Iterator[str]:
    url, description, title = str(block["image_url"]), str(block["alt_text"]), _text(block.get("title"))
    if not url.startswith("https://") or len(url) > MAX_ADDRESS:
        yield f"a picture's address has {len(url)} characters, or is not https"
    if not 0 < len(description.strip()) <= len(description) <= MAX_DESCRIPTION or len(title) > MAX_DESCRIPTION:
        yield f"a picture's description has {len(description)} characters, its title {len(title)}"


def _elements(block: Block) -> Sequence[Block]:
    elements = block.get("elements")
    return [one for one in elements if isinstance(one, dict)] if isinstance(elements, list | tuple) else []


def _text(element: object) -> str:
    return str(element.get("text", "")) if isinstance(element, dict) else ""


_BLOCK_FAULTS: Final[Mapping[str, Callable[[Block], Iterator[str]]]] = {
    "actions": _button_faults,
    "image": _picture_faults,
    NewBlock.CHART: chart_faults,
    NewBlock.CONTAINER: folded_faults,
}
