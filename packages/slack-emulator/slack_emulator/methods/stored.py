"""Turns stored messages into what the Web API returns, and adds what Slack adds to a message."""

from collections.abc import Sequence

from slack_emulator.metadata import without_payload
from slack_emulator.methods.context import Reply
from slack_emulator.workspace import Author, Json, Message, Workspace, derived_id

_NO_PREVIEW = "[no preview available]"
_INTERACTIVE = ("button", "overflow", "plain_text_input")


def with_block_ids(blocks: Sequence[Json], seed: str) -> list[Json]:
    """The blocks, each with a `block_id` and its interactive parts with an `action_id`, where absent."""
    return [
        {
            **_with_action_ids(block, f"{seed}/{place}"),
            "block_id": block.get("block_id") or _short_id(seed, place),
        }
        for place, block in enumerate(blocks)
    ]


def with_attachment_ids(attachments: Sequence[Json], seed: str) -> list[Json]:
    """The attachments, numbered from one, with a fallback and complete blocks."""
    stored: list[Json] = []
    for place, attachment in enumerate(attachments, start=1):
        one = {"id": place, "fallback": _NO_PREVIEW, **attachment}
        if "blocks" in one:
            one["blocks"] = with_block_ids(one["blocks"], f"{seed}/a{place}")
        stored.append(one)
    return stored


def as_reply(workspace: Workspace, message: Message, *, all_metadata: bool = False, replies: int = 0) -> Reply:
    """A message as methods return it; without the metadata's payload unless all metadata was asked for."""
    reply: Reply = {
        "type": "message",
        **_author(workspace, message.author),
        "ts": message.ts,
        "text": message.text,
    }
    if message.deleted:
        reply["subtype"] = "tombstone"
    elif message.broadcast:
        reply["subtype"] = "thread_broadcast"
    thread_ts = message.ts if replies else message.thread_ts
    optional: Reply = {
        "blocks": message.blocks,
        "attachments": message.attachments,
        "thread_ts": thread_ts,
        "reply_count": replies,
        "metadata": _metadata(message, all_metadata=all_metadata),
        "edited": message.edited_ts and {"user": message.author.user_id, "ts": message.edited_ts},
        "reactions": [
            {"name": name, "users": sorted(users), "count": len(users)} for name, users in message.reactions.items()
        ],
    }
    return reply | {key: value for key, value in optional.items() if value}


def _metadata(message: Message, *, all_metadata: bool) -> Json | None:
    if message.metadata is None or all_metadata:
        return message.metadata
    return without_payload(message.metadata)


def _author(workspace: Workspace, author: Author) -> Reply:
    if author.bot_id is None:
        return {"user": author.user_id, "team": workspace.team_id}
    profile = {"id": author.bot_id, "app_id": author.app_id, "name": "alerts", "team_id": workspace.team_id}
    return {
        "user": author.user_id,
        "bot_id": author.bot_id,
        "app_id": author.app_id,
        "team": workspace.team_id,
        "bot_profile": profile,
    }


def _with_action_ids(block: Json, seed: str) -> Json:
    filled = dict(block)
    if "elements" in block:
        filled["elements"] = [_with_action_id(one, f"{seed}/{at}") for at, one in enumerate(block["elements"])]
    for key in ("accessory", "element"):
        if key in block:
            filled[key] = _with_action_id(block[key], f"{seed}/{key}")
    return filled


def _with_action_id(element: Json, seed: str) -> Json:
    if element.get("type") in _INTERACTIVE and "action_id" not in element:
        return {**element, "action_id": _short_id(seed, "action")}
    return element


def _short_id(seed: str, part: object) -> str:
    return derived_id("", seed, str(part))[:5]
