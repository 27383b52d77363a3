"""Reads and checks the content of a call: text, blocks, attachments, metadata.

None means that the call leaves something out, an empty list that it wants none. `read_draft` returns what Slack would
store; the order of its checks is ours, since Slack's is not published.
"""

from dataclasses import dataclass
from typing import Any

from slack_emulator.attachments import blocks_of, check_attachments
from slack_emulator.blocks import MAX_MARKDOWN_CHARS, MAX_SERIALIZED_CHARS, failures, serialized_length
from slack_emulator.metadata import check_metadata
from slack_emulator.refusal import RefusalError
from slack_emulator.schema import messages
from slack_emulator.wire import Arguments

Json = dict[str, Any]

MAX_TEXT = 40_000
SPLIT_AT = 4_000


@dataclass(frozen=True, slots=True)
class Draft:
    """The content of one call; `clears_metadata` is an update's `metadata: {}`."""

    text: str | None
    blocks: list[Json] | None
    attachments: list[Json] | None
    metadata: Json | None
    clears_metadata: bool = False

    @property
    def shows_nothing(self) -> bool:
        """Whether a message made of this alone would be empty."""
        return not (self.text or "").strip() and not self.blocks and not self.attachments


def read_draft(args: Arguments, *, updating: bool = False) -> Draft:
    """Return the content of the call, or refuse it as Slack would."""
    text, blocks = _text_and_blocks(args)
    blocks = check_blocks(blocks) if blocks is not None else None
    attachments = args.structure("attachments", "invalid_attachments")
    checked = check_attachments(attachments) if attachments is not None else None
    if serialized_length([*(blocks or ()), *blocks_of(checked or ())]) > MAX_SERIALIZED_CHARS:
        raise RefusalError("msg_blocks_too_long")
    metadata = args.structure("metadata", "invalid_metadata_format")
    clears = updating and metadata == {}
    kept = check_metadata(metadata) if metadata is not None and not clears else None
    return Draft(text, blocks, checked, kept, clears)


def check_blocks(value: object) -> list[Json]:
    """Return the blocks, or refuse them with every failure and its pointer."""
    if not isinstance(value, list):
        raise RefusalError("invalid_blocks_format")
    lines = messages(failures(value), "/blocks")
    if lines:
        raise RefusalError("invalid_blocks", lines, {"errors": lines})
    return value


def _text_and_blocks(args: Arguments) -> tuple[str | None, object]:
    markdown = args.text("markdown_text")
    if markdown is None:
        return args.text("text"), args.structure("blocks", "invalid_blocks_format")
    if args.has("text") or args.has("blocks"):
        raise RefusalError("markdown_text_conflict")
    if len(markdown) > MAX_MARKDOWN_CHARS:
        raise RefusalError("msg_too_long")
    return "", [{"type": "markdown", "text": markdown}]
