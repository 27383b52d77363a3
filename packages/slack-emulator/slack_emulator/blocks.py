"""Decides whether Slack would accept a list of blocks, and gives the reasons in Slack's words.

`failures` is the whole verdict on their form; `serialized_length` is what Slack's undocumented total limit counts.
Both are pure functions of parsed JSON, and deliberately independent of any client's checks. Where Slack's rule is not
known, they take the stricter reading.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from slack_emulator.charts import CHART, MAX_CHARTS
from slack_emulator.elements import (
    ACCESSORY,
    ACTION_ELEMENT,
    CONTEXT_ELEMENT,
    IMAGE_ELEMENT,
    PLAIN_TEXT_INPUT,
    RICH_ELEMENT,
    plain_text,
    text_object,
)
from slack_emulator.schema import (
    Check,
    Failure,
    anything,
    array,
    boolean,
    enum,
    every,
    inside,
    leaf,
    record,
    string,
    url,
    variant,
)

MAX_BLOCKS = 50
MAX_MARKDOWN_CHARS = 12_000
MAX_TABLE_CHARS = 10_000
MAX_SERIALIZED_CHARS = 12_000

Block = Mapping[str, Any]


def _text_or_fields(value: object, at: str) -> list[Failure]:
    if isinstance(value, dict) and ("text" in value or "fields" in value):
        return []
    return [inside("missing required field: text", at, type="required", expected="text")]


def _unique_action_ids(value: object, at: str) -> list[Failure]:
    elements = value["elements"] if isinstance(value, dict) else []
    given = [(place, one["action_id"]) for place, one in enumerate(elements) if "action_id" in one]
    return [
        leaf(f"duplicate action_id: {action_id}", f"{at}/elements/{place}/action_id", type="unique")
        for place, action_id in _repeated(given)
    ]


def _repeated(given: Iterable[tuple[int, str]]) -> list[tuple[int, str]]:
    seen: set[str] = set()
    repeats: list[tuple[int, str]] = []
    for place, name in given:
        if name in seen:
            repeats.append((place, name))
        seen.add(name)
    return repeats


def _block(required: Mapping[str, Check], optional: Mapping[str, Check] | None = None) -> Check:
    return record({"type": anything, **required}, {"block_id": string(1, 255), **(optional or {})})


def _collapses(value: object, at: str) -> list[Failure]:
    if not isinstance(value, dict):
        return []
    if value.get("is_collapsible"):
        bordered = value.get("has_header_divider")
        return [inside("has_header_divider must not be set", at, type="conflict")] if bordered else []
    collapsed = value.get("default_collapsed")
    return [inside("missing required field: is_collapsible", at, type="required")] if collapsed else []


_RICH_TEXT = _block({"elements": array(RICH_ELEMENT)})

_CELL = variant({"raw_text": record({"type": anything, "text": string(1)}), "rich_text": _RICH_TEXT})

_COLUMN = record({}, {"align": enum("left", "center", "right"), "is_wrapped": boolean})

_PLAIN: Mapping[str, Check] = {
    "section": every(
        _block(
            {},
            {
                "text": text_object(3000),
                "fields": array(text_object(2000), 1, 10),
                "accessory": ACCESSORY,
                "expand": boolean,
            },
        ),
        _text_or_fields,
    ),
    "header": _block({"text": plain_text(150)}),
    "context": _block({"elements": array(CONTEXT_ELEMENT, 1, 10)}),
    "actions": every(_block({"elements": array(ACTION_ELEMENT, 1, 25)}), _unique_action_ids),
    "divider": _block({}),
    "image": _block({"image_url": url(3000), "alt_text": string(1, 2000)}, {"title": plain_text(2000)}),
    "rich_text": _RICH_TEXT,
    "markdown": _block({"text": string(1, MAX_MARKDOWN_CHARS)}),
    "table": _block({"rows": array(array(_CELL, 1, 20), 1, 100)}, {"column_settings": array(_COLUMN, 1, 20)}),
    "video": _block(
        {"alt_text": string(1), "title": plain_text(200), "thumbnail_url": url(), "video_url": url()},
        {
            "author_name": string(1, 50),
            "description": plain_text(),
            "provider_icon_url": url(),
            "provider_name": string(1),
            "title_url": url(),
        },
    ),
    "input": _block(
        {"label": plain_text(2000), "element": variant({"plain_text_input": PLAIN_TEXT_INPUT})},
        {"hint": plain_text(2000), "optional": boolean, "dispatch_action": boolean},
    ),
}

_CHILDREN = ("actions", "context", "divider", "header", "image", "section", "table", "video")
"""What both the reference and Slack's own check allow inside a container."""

_CONTAINER = every(
    _block(
        {"title": plain_text(150), "child_blocks": array(variant({kind: _PLAIN[kind] for kind in _CHILDREN}), 1, 10)},
        {
            "subtitle": text_object(150),
            "width": enum("narrow", "standard", "wide", "full"),
            "icon": IMAGE_ELEMENT,
            "is_collapsible": boolean,
            "default_collapsed": boolean,
            "has_header_divider": boolean,
        },
    ),
    _collapses,
)

BLOCK = variant(_PLAIN)
"""What may stand in an attachment."""

MESSAGE_BLOCK = variant({**_PLAIN, "data_visualization": CHART, "container": _CONTAINER})
"""What may stand in a message itself, where alone charts and containers are documented."""

_BLOCKS = array(MESSAGE_BLOCK, 0, MAX_BLOCKS)
_ATTACHED = array(BLOCK, 0, MAX_BLOCKS)


def failures(blocks: Sequence[object], *, attached: bool = False) -> list[Failure]:
    """Every rule that the blocks break, with pointers relative to the list; empty if Slack would accept them."""
    broken = (_ATTACHED if attached else _BLOCKS)(blocks, "")
    if broken:
        return broken
    sound = [block for block in blocks if isinstance(block, dict)]
    return _duplicate_block_ids(sound) + _totals(sound)


def _duplicate_block_ids(blocks: Sequence[Block]) -> list[Failure]:
    given = [(place, block["block_id"]) for place, block in enumerate(blocks) if "block_id" in block]
    return [
        leaf(f"duplicate block_id: {block_id}", f"/{place}/block_id", type="unique")
        for place, block_id in _repeated(given)
    ]


def _totals(blocks: Sequence[Block]) -> list[Failure]:
    broken: list[Failure] = []
    if _chars(blocks, "markdown", lambda block: str(block["text"])) > MAX_MARKDOWN_CHARS:
        broken.append(leaf(f"must be less than {MAX_MARKDOWN_CHARS + 1} characters", "", type="max_length"))
    if _chars(blocks, "table", lambda block: "".join(_strings(block["rows"]))) > MAX_TABLE_CHARS:
        broken.append(leaf(f"must be less than {MAX_TABLE_CHARS + 1} characters", "", type="max_length"))
    kinds = Counter(block["type"] for block in blocks)
    if kinds["data_visualization"] > MAX_CHARTS:
        message = f"no more than {MAX_CHARTS} data_visualization blocks allowed"
        broken.append(leaf(message, "", type="max_items", expected=MAX_CHARTS))
    if kinds["table"] > 1:
        broken.append(leaf("only_one_table_allowed", "", type="max_items", expected=1))
    return broken


def _chars(blocks: Sequence[Block], kind: str, text_of: Callable[[Block], str]) -> int:
    return sum(len(text_of(block)) for block in blocks if block["type"] == kind)


def _strings(value: object) -> Iterable[str]:
    if isinstance(value, dict):
        text = value.get("text")
        if isinstance(text, str):
            yield text
        for child in value.values():
            yield from _strings(child)
    elif isinstance(value, list):
        for child in value:
            yield from _strings(child)


def serialized_length(blocks: Sequence[object]) -> int:
    """The length of the blocks as compact JSON, which stands in for Slack's undocumented total."""
    return len(json.dumps(blocks, ensure_ascii=False, separators=(",", ":"))) if blocks else 0
