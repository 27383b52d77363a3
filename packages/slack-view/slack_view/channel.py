"""A channel as a list of drawn messages, in the order in which Slack shows them.

A broadcast reply is drawn twice, as in Slack: in its thread, and in the channel at its own time.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from slack_view.appearance import Appearance
from slack_view.message import draw_broadcast, draw_message
from slack_view.reading import Json, records, string


@dataclass(frozen=True, slots=True)
class Drawn:
    """One message of the channel; an edit changes its `version`, never its `key`."""

    key: str
    html: Markup

    @property
    def version(self) -> str:
        """A digest of the drawing: it differs when the drawing differs."""
        return hashlib.sha256(self.html.encode()).hexdigest()[:12]


def draw_channel(messages: Sequence[Json], appearance: Appearance | None = None) -> tuple[Drawn, ...]:
    """Top-level messages with their threads, and broadcast replies, oldest first."""
    appearance = appearance or Appearance()
    entries = [entry for message in messages for entry in draw_entries(message, appearance)]
    return tuple(sorted(entries, key=lambda drawn: drawn.key))


def draw_entries(message: Json, appearance: Appearance) -> Iterator[Drawn]:
    """One top-level message, and the replies of its thread that were also sent to the channel."""
    yield Drawn(string(message.get("ts")), draw_message(message, appearance))
    for reply in records(message.get("replies")):
        if reply.get("broadcast"):
            yield Drawn(string(reply.get("ts")), draw_broadcast(reply, message, appearance))
