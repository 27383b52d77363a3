"""`conversations.history`, `.replies` and `.info`: what a bot can read.

Timestamps are compared as (seconds, microseconds), never as floats. History is newest first; of replies it has only
broadcasts. An empty cursor, not a short page, is the end.
"""

import base64
import binascii
import re
from collections.abc import Sequence
from dataclasses import dataclass

from slack_emulator.methods.context import Context, Reply, channel_to_read
from slack_emulator.methods.stored import as_reply
from slack_emulator.refusal import RefusalError
from slack_emulator.wire import Arguments
from slack_emulator.workspace import Channel, Json, Message, Workspace

DEFAULT_PAGE = 100
MAX_PAGE = 999

_HISTORY_SCOPES = {True: "groups:history", False: "channels:history"}
_INFO_SCOPES = {True: "groups:read", False: "channels:read"}
_TIMESTAMP = re.compile(r"(\d+)(?:\.(\d{1,6}))?")
_CURSOR = "next_ts:"

_Moment = tuple[int, int]
_Entry = tuple[Message, int]


def history(context: Context, args: Arguments) -> Reply:
    """A page of the channel's messages, newest first."""
    channel = channel_to_read(context, args, _HISTORY_SCOPES, member=True)
    wanted = _range(args)
    found = [entry for entry in _listed(channel) if wanted.holds(entry[0]) and _was_there(context, entry[0])]
    return {**_page(context, found[::-1], args, newest_first=True), "pin_count": 0}


def replies(context: Context, args: Arguments) -> Reply:
    """A page of a thread: the parent, then its replies, oldest first."""
    channel = channel_to_read(context, args, _HISTORY_SCOPES, member=True)
    parent_ts = args.required("ts")
    thread = next(((top, below) for top, below in channel.top_level() if top.ts == parent_ts), None)
    if thread is None:
        raise RefusalError("thread_not_found")
    parent, below = thread
    wanted = _range(args)
    found = [(parent, len(below)), *((one, 0) for one in below if wanted.holds(one) and _was_there(context, one))]
    return _page(context, found, args, newest_first=False)


def info(context: Context, args: Arguments) -> Reply:
    """The channel itself."""
    channel = channel_to_read(context, args, _INFO_SCOPES, member=False)
    return {"channel": channel_json(context.workspace, channel)}


def channel_json(workspace: Workspace, channel: Channel) -> Json:
    """The channel as Slack describes it."""
    return {
        "id": channel.id,
        "name": channel.name,
        "is_channel": not channel.private,
        "is_group": channel.private,
        "is_im": False,
        "is_private": channel.private,
        "is_archived": channel.archived,
        "is_read_only": channel.read_only,
        "is_member": channel.member,
        "context_team_id": workspace.team_id,
    }


def _listed(channel: Channel) -> list[_Entry]:
    listed = [(message, len(below)) for message, below in channel.top_level()]
    broadcast = [(one, 0) for below in channel.threads().values() for one in below if one.broadcast]
    return sorted(listed + broadcast, key=lambda entry: _moment(entry[0].ts, "invalid_arguments"))


def _was_there(context: Context, message: Message) -> bool:
    return message.versions[0][0] <= context.shown_until_s


@dataclass(frozen=True, slots=True)
class _Range:
    oldest: _Moment | None
    latest: _Moment | None
    inclusive: bool

    def holds(self, message: Message) -> bool:
        moment = _moment(message.ts, "invalid_arguments")
        if moment in (self.oldest, self.latest):
            return self.inclusive
        return (self.oldest is None or self.oldest < moment) and (self.latest is None or moment < self.latest)


def _range(args: Arguments) -> _Range:
    oldest, latest = args.values.get("oldest") or None, args.values.get("latest") or None
    return _Range(
        oldest and _moment(oldest, "invalid_ts_oldest"),
        latest and _moment(latest, "invalid_ts_latest"),
        args.flag("inclusive"),
    )


def _moment(ts: object, refusal: str) -> _Moment:
    parts = _TIMESTAMP.fullmatch(ts) if isinstance(ts, str) else None
    if parts is None:
        raise RefusalError(refusal)
    return int(parts[1]), int((parts[2] or "0").ljust(6, "0"))


def _page(context: Context, found: Sequence[_Entry], args: Arguments, *, newest_first: bool) -> Reply:
    limit = _limit(context, args)
    start = _start(found, args, newest_first=newest_first)
    page, rest = found[start : start + limit], found[start + limit :]
    everything = args.flag("include_all_metadata")
    reply: Reply = {
        "messages": [as_reply(context.workspace, one, all_metadata=everything, replies=below) for one, below in page],
        "has_more": bool(rest),
    }
    if rest:
        reply["response_metadata"] = {"next_cursor": _encoded(rest[0][0].ts)}
    return reply


def _limit(context: Context, args: Arguments) -> int:
    asked = args.integer("limit", DEFAULT_PAGE, "invalid_limit")
    if not 1 <= asked <= MAX_PAGE:
        raise RefusalError("invalid_limit")
    return min(asked, context.limits.history_page)


def _start(found: Sequence[_Entry], args: Arguments, *, newest_first: bool) -> int:
    cursor = args.text("cursor")
    if not cursor:
        return 0
    mark = _moment(_decoded(cursor), "invalid_cursor")
    for place, (message, _) in enumerate(found):
        moment = _moment(message.ts, "invalid_cursor")
        if moment <= mark if newest_first else moment >= mark:
            return place
    return len(found)


def _encoded(ts: str) -> str:
    return base64.b64encode(f"{_CURSOR}{ts}".encode()).decode()


def _decoded(cursor: str) -> str:
    try:
        text = base64.b64decode(cursor, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        raise RefusalError("invalid_cursor") from None
    if not text.startswith(_CURSOR):
        raise RefusalError("invalid_cursor")
    return text.removeprefix(_CURSOR)
