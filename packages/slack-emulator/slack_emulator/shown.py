"""What a reader of a channel sees, derived from what the workspace holds."""

import copy
from collections.abc import Sequence
from typing import Any

from slack_view.shown import ShownMessage

from slack_emulator.workspace import Channel, Message, Workspace


def show(message: Message, replies: tuple[ShownMessage, ...] = ()) -> ShownMessage:
    """A copy of one message, which later edits do not change."""
    return ShownMessage(
        ts=message.ts,
        text=message.text,
        blocks=tuple(copy.deepcopy(message.blocks)),
        attachments=tuple(copy.deepcopy(message.attachments)),
        edits=len(message.versions) - 1,
        replies=replies,
        broadcast=message.broadcast,
        metadata=copy.deepcopy(message.metadata),
        texts=tuple(text for _, text in message.versions),
        times_s=tuple(time_s for time_s, _ in message.versions),
        reactions=tuple(message.reactions),
        user_id=message.author.user_id,
        deleted=message.deleted,
    )


def show_channel(channel: Channel) -> tuple[ShownMessage, ...]:
    """The channel's top-level messages, oldest first, each with its thread."""
    return tuple(show(message, tuple(map(show, replies))) for message, replies in channel.top_level())


def workspace_json(workspace: Workspace) -> dict[str, Any]:
    """A workspace as JSON: its channels and what each of them shows."""
    return {
        "team_id": workspace.team_id,
        "name": workspace.name,
        "allowed_mentions": sorted(workspace.allowed_mentions),
        "channels": [
            {
                "id": channel.id,
                "name": channel.name,
                "private": channel.private,
                "member": channel.member,
                "archived": channel.archived,
                "read_only": channel.read_only,
                "messages": [message.as_json() for message in show_channel(channel)],
            }
            for channel in workspace.channels.values()
        ],
    }


def texts_json(workspace: Workspace) -> list[dict[str, Any]]:
    """The texts alone of what the channels show, without threads and former versions: little, to look at often."""
    return [
        {
            "team_id": workspace.team_id,
            "channel": channel.name,
            "ts": message.ts,
            "text": message.text,
            "deleted": message.deleted,
        }
        for channel in workspace.channels.values()
        for message, _ in channel.top_level()
    ]


def max_in_window(times_s: Sequence[float], window_s: float) -> int:
    """The largest number of times in any half-open window of that length; `times_s` must be in order."""
    most = start = 0
    for end, moment in enumerate(times_s):
        while moment - times_s[start] >= window_s:
            start += 1
        most = max(most, end - start + 1)
    return most
