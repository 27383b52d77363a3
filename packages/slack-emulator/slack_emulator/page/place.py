"""The channel that a reader looks at, and its address on the page."""

from dataclasses import dataclass
from urllib.parse import quote

from slack_emulator.director import Director
from slack_emulator.workspace import Channel, Workspace


@dataclass(frozen=True, slots=True)
class Place:
    """A channel of a workspace."""

    workspace: Workspace
    channel: Channel

    @property
    def path(self) -> str:
        """Its address on the page, formed like Slack's own."""
        return channel_path(self.workspace, self.channel)


def channel_path(workspace: Workspace, channel: Channel) -> str:
    """The address of a channel."""
    return f"/client/{quote(workspace.team_id, safe='')}/{quote(channel.id, safe='')}"


def first_place(director: Director) -> Place | None:
    """The channel to show when none was chosen."""
    for workspace in director.world.workspaces.values():
        for channel in workspace.channels.values():
            return Place(workspace, channel)
    return None


def find_place(director: Director, team_id: str, channel_id: str) -> Place | None:
    """The channel with these ids."""
    workspace = director.world.workspaces.get(team_id)
    channel = workspace.channels.get(channel_id) if workspace else None
    return Place(workspace, channel) if workspace and channel else None
