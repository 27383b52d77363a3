"""`chat.postMessage` and `chat.postEphemeral`: what is stored when a bot posts.

Two traps are Slack's own: a long text without blocks becomes several messages, and a reply whose parent is gone is
answered with ok and stored at top level. Both are emulated, and noted as anomalies.
"""

from dataclasses import dataclass

from slack_emulator.attachments import blocks_of
from slack_emulator.audit import audit_message
from slack_emulator.draft import MAX_TEXT, SPLIT_AT, Draft, read_draft
from slack_emulator.journal import AnomalyKind
from slack_emulator.methods.context import Context, Reply, channel_to_post_in
from slack_emulator.methods.stored import as_reply, with_attachment_ids, with_block_ids
from slack_emulator.pictures import demand_pictures
from slack_emulator.refusal import RefusalError
from slack_emulator.refused_blocks import demand_taken
from slack_emulator.wire import Arguments
from slack_emulator.workspace import Channel, Message

_CUSTOM = ("username", "icon_emoji", "icon_url")
_UNFURL = ("unfurl_links", "unfurl_media")


@dataclass(frozen=True, slots=True)
class _Place:
    channel: Channel
    thread_ts: str | None = None
    broadcast: bool = False


def post_message(context: Context, args: Arguments) -> Reply:
    """Store a message, or several if its text is split, and answer with the first."""
    _demand_own_name(context, args)
    channel = channel_to_post_in(context, args)
    draft = _cut(context, channel, read_draft(args))
    demand_taken(draft.blocks or (), context.workspace.refused_blocks)
    demand_pictures(draft, context.workspace.unreachable_pictures)
    if draft.shows_nothing:
        raise RefusalError("no_text")
    place = _place(context, channel, args)
    _audit_post(context, channel, draft, args)
    first, *_ = [_store(context, place, draft, text) for text in _pieces(context, channel, draft)]
    channel.posts_s.append(context.now_s)
    context.call.message_ts = first.ts
    message = as_reply(context.workspace, first)
    return {"channel": channel.id, "ts": first.ts, "message": message}


def post_ephemeral(context: Context, args: Arguments) -> Reply:
    """Show a message to one member of the channel; nothing can read or change it later."""
    _demand_own_name(context, args)
    channel = channel_to_post_in(context, args)
    user = args.required("user")
    if user not in channel.members:
        raise RefusalError("user_not_in_channel")
    draft = read_draft(args)
    if draft.shows_nothing:
        raise RefusalError("no_text")
    if blocks_of(draft.attachments or ()):
        raise RefusalError("invalid_attachments")
    _audit_content(context, channel, draft, args)
    message = _new_message(context, _Place(channel), draft, draft.text or "")
    channel.ephemerals.append((user, message))
    channel.posts_s.append(context.now_s)
    return {"message_ts": message.ts}


def _demand_own_name(context: Context, args: Arguments) -> None:
    if args.has("as_user"):
        raise RefusalError("as_user_not_supported")
    if any(args.has(name) for name in _CUSTOM):
        context.demand_scope("chat:write.customize")


def _cut(context: Context, channel: Channel, draft: Draft) -> Draft:
    if draft.text is None or len(draft.text) <= MAX_TEXT:
        return draft
    context.warnings.append("message_truncated")
    context.note(AnomalyKind.TEXT_TOO_LONG, f"{len(draft.text)} characters, truncated", channel)
    return Draft(draft.text[:MAX_TEXT], draft.blocks, draft.attachments, draft.metadata)


def _place(context: Context, channel: Channel, args: Arguments) -> _Place:
    wanted = args.text("thread_ts")
    if not wanted:
        return _Place(channel)
    parent = channel.living(wanted)
    if parent and parent.thread_ts is not None:
        context.note(AnomalyKind.REPLY_TO_REPLY, f"{wanted} is itself a reply", channel)
        parent = channel.living(parent.thread_ts)
    if parent is None:
        context.note(AnomalyKind.UNTHREADED, f"no message {wanted} to reply to", channel)
        return _Place(channel)
    return _Place(channel, parent.ts, args.flag("reply_broadcast"))


def _audit_post(context: Context, channel: Channel, draft: Draft, args: Arguments) -> None:
    absent = [name for name in _UNFURL if not args.has(name)]
    if absent:
        context.note(AnomalyKind.UNFURL_UNSET, f"{' and '.join(absent)} absent", channel)
    _audit_content(context, channel, draft, args)


def _audit_content(context: Context, channel: Channel, draft: Draft, args: Arguments) -> None:
    findings = audit_message(
        draft.text or "",
        draft.blocks or [],
        draft.attachments or [],
        context.workspace.allowed_mentions,
        text_auto_parsed=args.flag("link_names") or args.text("parse") in ("full", "client"),
    )
    for kind, detail in findings:
        context.note(kind, detail, channel)


def _pieces(context: Context, channel: Channel, draft: Draft) -> list[str]:
    text = draft.text or ""
    if len(text) <= SPLIT_AT:
        return [text]
    if draft.blocks:
        context.note(AnomalyKind.TEXT_TOO_LONG, f"{len(text)} characters beside blocks", channel)
        return [text]
    context.note(AnomalyKind.TEXT_SPLIT, f"{len(text)} characters", channel)
    return [text[start : start + SPLIT_AT] for start in range(0, len(text), SPLIT_AT)]


def _store(context: Context, place: _Place, draft: Draft, text: str) -> Message:
    message = _new_message(context, place, draft, text)
    if context.suppressed:
        message.hidden = True
        context.note(AnomalyKind.SUPPRESSED, "above the burst: answered ok, never shown", place.channel)
    place.channel.messages[message.ts] = message
    return message


def _new_message(context: Context, place: _Place, draft: Draft, text: str) -> Message:
    ts = place.channel.next_ts(context.now_s)
    return Message(
        ts=ts,
        author=context.token.author,
        text=text,
        blocks=with_block_ids(draft.blocks or [], ts),
        attachments=with_attachment_ids(draft.attachments or [], ts),
        metadata=draft.metadata,
        thread_ts=place.thread_ts,
        broadcast=place.broadcast,
        versions=[(context.now_s, text)],
    )
