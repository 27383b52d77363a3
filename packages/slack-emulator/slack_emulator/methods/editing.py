"""`chat.update` and `chat.delete`: change and remove the bot's own messages.

An update keeps what it does not mention, except that, as in Slack, a new text without blocks removes the old blocks.
Blocks without a text remove the text, which is the strict reading of an undocumented case.
"""

from dataclasses import dataclass

from slack_emulator.audit import audit_message
from slack_emulator.draft import SPLIT_AT, Draft, read_draft
from slack_emulator.methods.context import Context, Reply, channel_to_change
from slack_emulator.methods.stored import as_reply, with_attachment_ids, with_block_ids
from slack_emulator.pictures import demand_pictures
from slack_emulator.refusal import RefusalError
from slack_emulator.refused_blocks import demand_taken
from slack_emulator.wire import Arguments
from slack_emulator.workspace import Channel, Json, Message


@dataclass(frozen=True, slots=True)
class _Content:
    text: str
    blocks: list[Json]
    attachments: list[Json]


def update(context: Context, args: Arguments) -> Reply:
    """Replace those parts of the bot's own message that the call mentions."""
    channel = channel_to_change(context, args, archived="is_inactive")
    message = _own_message(context, channel, args, "cant_update_message")
    draft = _draft(args)
    demand_taken(draft.blocks or (), context.workspace.refused_blocks)
    demand_pictures(draft, context.workspace.unreachable_pictures)
    content = _after(message, draft)
    if not content.text.strip() and not content.blocks and not content.attachments:
        raise RefusalError("no_text")
    if args.flag("reply_broadcast") and message.thread_ts is None:
        raise RefusalError("cant_broadcast_message")
    _audit_update(context, channel, content, args)
    _apply(context, message, draft, content)
    message.broadcast = message.broadcast or args.flag("reply_broadcast")
    context.call.message_ts = message.ts
    shown = as_reply(context.workspace, message)
    return {"channel": channel.id, "ts": message.ts, "text": message.text, "message": shown}


def delete(context: Context, args: Arguments) -> Reply:
    """Delete the bot's own message; its replies stay."""
    channel = channel_to_change(context, args, archived="is_archived")
    message = _own_message(context, channel, args, "cant_delete_message")
    channel.delete(message)
    context.call.message_ts = message.ts
    return {"channel": channel.id, "ts": message.ts}


def _own_message(context: Context, channel: Channel, args: Arguments, refusal: str) -> Message:
    message = channel.living(args.required("ts"))
    if message is None:
        raise RefusalError("message_not_found")
    if message.author != context.token.author:
        raise RefusalError(refusal)
    return message


def _draft(args: Arguments) -> Draft:
    if args.has("as_user"):
        raise RefusalError("as_user_not_supported")
    draft = read_draft(args, updating=True)
    if draft.text is not None and len(draft.text) > SPLIT_AT:
        raise RefusalError("msg_too_long")
    if draft.text is None and draft.blocks is None and draft.attachments is None:
        raise RefusalError("no_text")
    return draft


def _after(message: Message, draft: Draft) -> _Content:
    blocks = draft.blocks if draft.blocks is not None else [] if draft.text is not None else message.blocks
    if draft.blocks and _has_rich_text(message.blocks) and not _has_rich_text(draft.blocks):
        raise RefusalError("block_mismatch")
    text = draft.text
    if text is None:
        text = "" if draft.blocks else message.text
    attachments = message.attachments if draft.attachments is None else draft.attachments
    return _Content(text, blocks, attachments)


def _has_rich_text(blocks: list[Json]) -> bool:
    return any(block["type"] == "rich_text" for block in blocks)


def _audit_update(context: Context, channel: Channel, content: _Content, args: Arguments) -> None:
    findings = audit_message(
        content.text,
        content.blocks,
        content.attachments,
        context.workspace.allowed_mentions,
        text_auto_parsed=args.text("parse") != "none" or args.flag("link_names"),
    )
    for kind, detail in findings:
        context.note(kind, detail, channel)


def _apply(context: Context, message: Message, draft: Draft, content: _Content) -> None:
    message.versions.append((context.now_s, content.text))
    seed = f"{message.ts}/{len(message.versions)}"
    message.text = content.text
    message.blocks = content.blocks if content.blocks is message.blocks else with_block_ids(content.blocks, seed)
    if draft.attachments is not None:
        message.attachments = with_attachment_ids(draft.attachments, seed)
    if draft.metadata is not None or draft.clears_metadata:
        message.metadata = draft.metadata
    if not message.blocks:
        message.edited_ts = f"{context.now_s:.6f}"
