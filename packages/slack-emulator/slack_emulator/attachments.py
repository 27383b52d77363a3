"""Decides whether Slack would accept a list of attachments.

Any mistake is just `invalid_attachments`, as in Slack, without a pointer to it. An attachment with blocks may also
have `color` and `fallback`, one without blocks may have the legacy fields. An attachment that shows nothing is
refused.
"""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from slack_emulator.blocks import failures
from slack_emulator.refusal import RefusalError

MAX_ATTACHMENTS = 100
MAX_ACCEPTED = 50
MAX_BLOCKS_EACH = 20
MAX_SERIALIZED_CHARS = 16_000

_WITH_BLOCKS = {"color", "fallback", "blocks"}
_LEGACY = {
    "author_icon",
    "author_link",
    "author_name",
    "color",
    "fallback",
    "fields",
    "footer",
    "footer_icon",
    "image_url",
    "mrkdwn_in",
    "pretext",
    "text",
    "thumb_url",
    "title",
    "title_link",
    "ts",
}
_FIELD = {"title", "value", "short"}
_SHOWN = ("blocks", "text", "pretext", "title", "fields", "image_url", "author_name", "footer")
_COLOR = re.compile(r"good|warning|danger|#?[0-9A-Fa-f]{6}")
_MAX_FOOTER = 300


def check_attachments(value: object) -> list[dict[str, Any]]:
    """Return the attachments, or refuse them."""
    if not isinstance(value, list):
        raise RefusalError("invalid_attachments")
    if len(value) > MAX_ATTACHMENTS:
        raise RefusalError("too_many_attachments")
    if len(value) > MAX_ACCEPTED or not all(_sound(attachment) for attachment in value):
        raise RefusalError("invalid_attachments")
    if len(json.dumps(value, ensure_ascii=False)) > MAX_SERIALIZED_CHARS:
        raise RefusalError("attachment_payload_limit_exceeded")
    return value


def shows_something(attachment: Mapping[str, Any]) -> bool:
    """Whether a reader would see anything of it."""
    return any(attachment.get(key) for key in _SHOWN)


def _sound(attachment: object) -> bool:
    if not isinstance(attachment, dict) or not shows_something(attachment) or not _sound_color(attachment):
        return False
    if "blocks" in attachment:
        return _WITH_BLOCKS.issuperset(attachment) and _sound_blocks(attachment["blocks"])
    return _LEGACY.issuperset(attachment) and _sound_legacy(attachment)


def _sound_color(attachment: Mapping[str, Any]) -> bool:
    color = attachment.get("color", "good")
    return isinstance(color, str) and _COLOR.fullmatch(color) is not None


def _sound_blocks(blocks: object) -> bool:
    return isinstance(blocks, list) and len(blocks) <= MAX_BLOCKS_EACH and not failures(blocks, attached=True)


def _sound_legacy(attachment: Mapping[str, Any]) -> bool:
    texts = [value for key, value in attachment.items() if key not in ("fields", "mrkdwn_in", "ts")]
    fields = attachment.get("fields", [])
    return (
        all(isinstance(value, str) for value in texts)
        and len(attachment.get("footer", "")) <= _MAX_FOOTER
        and isinstance(fields, list)
        and all(isinstance(one, dict) and _FIELD.issuperset(one) for one in fields)
    )


def blocks_of(attachments: Sequence[Mapping[str, Any]]) -> list[Any]:
    """All blocks of all attachments, in order."""
    return [block for attachment in attachments for block in attachment.get("blocks", ())]
