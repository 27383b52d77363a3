"""What surrounds the messages: workspaces with their channels, the header of the channel, and the anomalies."""

from collections.abc import Sequence

from slack_view import Markup, el, joined
from slack_view.markup import classed

from slack_emulator.director import Director
from slack_emulator.journal import Anomaly
from slack_emulator.page.place import Place, channel_path
from slack_emulator.workspace import Channel, Workspace

_MOST_ANOMALIES = 50


def sidebar(director: Director, place: Place | None) -> Markup:
    """All workspaces with their channels; the one that is open is marked."""
    workspaces = director.world.workspaces.values()
    if not workspaces:
        return classed("p", "empty", "No workspace yet.")
    return joined(_workspace(workspace, place) for workspace in workspaces)


def _workspace(workspace: Workspace, place: Place | None) -> Markup:
    letter = el("span", {"class": "letter", "aria-hidden": "true"}, workspace.name[:1].upper() or "?")
    channels = (el("li", None, _entry(workspace, channel, place)) for channel in workspace.channels.values())
    return classed("section", "workspace", el("h2", None, letter, workspace.name), el("ul", None, *channels))


def _entry(workspace: Workspace, channel: Channel, place: Place | None) -> Markup:
    here = place is not None and place.channel is channel
    shown = sum(1 for _ in channel.top_level())
    # One link per channel, so that Tab and a screen reader go through them as through any list of links.
    attributes = {
        "href": channel_path(workspace, channel),
        "aria-current": "page" if here else None,
        "data-changes": str(_changes(channel)),
    }
    count = el("span", {"class": "number", "title": "messages"}, str(shown)) if shown else None
    return el("a", attributes, classed("span", "sign", sign(channel)), classed("span", "label", channel.name), count)


def _changes(channel: Channel) -> int:
    """A number that grows with every post and edit."""
    return sum(len(message.versions) for message in channel.messages.values())


def sign(channel: Channel) -> str:
    """What precedes the name: `#`, or a lock for a private channel."""
    return "🔒" if channel.private else "#"


def channel_head(place: Place | None) -> Markup:
    """The channel's name, and what is special about it."""
    if place is None:
        return el("h1", None, "Nothing here yet")
    channel = place.channel
    notes = [
        "archived" if channel.archived else "",
        "" if channel.member else "the app is not in this channel",
        "read only" if channel.read_only else "",
    ]
    name = el("h1", None, classed("span", "sign", sign(channel)), channel.name)
    shown = [classed("span", "note", note) for note in notes if note]
    return joined([name, classed("span", "team", place.workspace.name), *shown])


def banner(anomalies: Sequence[Anomaly], director: Director) -> Markup:
    """The latest anomalies; empty while there are none."""
    if not anomalies:
        return Markup()
    count = "1 anomaly" if len(anomalies) == 1 else f"{len(anomalies)} anomalies"
    summary = el("summary", None, "⚠️ ", el("b", None, count), ": accepted by Slack, regretted by readers")
    listed = [el("li", None, *_anomaly(anomaly, director)) for anomaly in anomalies[-_MOST_ANOMALIES:]]
    return el("details", {"data-fold": "anomalies"}, summary, el("ol", None, *reversed(listed)))


def _anomaly(anomaly: Anomaly, director: Director) -> list[Markup | str]:
    workspace = director.world.workspaces.get(anomaly.team_id or "")
    channel = workspace.find(anomaly.channel or "") if workspace else None
    where = f"{workspace.name if workspace else '?'} #{channel.name if channel else anomaly.channel or '?'}"
    return [el("code", None, anomaly.kind.value), " ", classed("span", "where", where), " ", anomaly.detail]
