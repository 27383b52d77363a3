"""`users.conversations`: the channels the bot is in, page by page.

The token needs the scope of every kind of channel that is asked for. As in Slack, the channel objects lack
`is_member`. An empty cursor, not a short page, is the end.
"""

import base64
import binascii

from slack_emulator.methods.context import Context, Reply
from slack_emulator.methods.reading import DEFAULT_PAGE, MAX_PAGE, channel_json
from slack_emulator.refusal import RefusalError
from slack_emulator.wire import Arguments

SCOPES = {
    "public_channel": "channels:read",
    "private_channel": "groups:read",
    "mpim": "mpim:read",
    "im": "im:read",
}
_CURSOR = "team:"


def user_conversations(context: Context, args: Arguments) -> Reply:
    """A page of the bot's own channels."""
    kinds = _kinds(context, args)
    found = sorted(
        (
            channel
            for channel in context.workspace.channels.values()
            if channel.member
            and ("private_channel" if channel.private else "public_channel") in kinds
            and not (channel.archived and args.flag("exclude_archived"))
        ),
        key=lambda channel: channel.id,
    )
    limit, first = _limit(args), _first(args)
    rest = [channel for channel in found if channel.id >= first]
    page, after = rest[:limit], rest[limit:]
    objects = [channel_json(context.workspace, channel) for channel in page]
    return {
        "channels": [{key: value for key, value in one.items() if key != "is_member"} for one in objects],
        "response_metadata": {"next_cursor": _encoded(after[0].id) if after else ""},
    }


def _kinds(context: Context, args: Arguments) -> set[str]:
    kinds = set((args.text("types") or "public_channel").split(","))
    if not kinds <= SCOPES.keys():
        raise RefusalError("invalid_types")
    for kind in sorted(kinds):
        context.demand_scope(SCOPES[kind])
    return kinds


def _limit(args: Arguments) -> int:
    limit = args.integer("limit", DEFAULT_PAGE, "invalid_limit")
    if not 1 <= limit <= MAX_PAGE:
        raise RefusalError("invalid_limit")
    return limit


def _first(args: Arguments) -> str:
    cursor = args.text("cursor")
    if not cursor:
        return ""
    try:
        text = base64.b64decode(cursor, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        raise RefusalError("invalid_cursor") from None
    if not text.startswith(_CURSOR):
        raise RefusalError("invalid_cursor")
    return text.removeprefix(_CURSOR)


def _encoded(channel_id: str) -> str:
    return base64.b64encode(f"{_CURSOR}{channel_id}".encode()).decode()
