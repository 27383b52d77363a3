"""The page as it is at one moment, in pieces, and what differs between two moments.

A piece has a key that is its element's id, and a version that changes with it; so a browser can compare what it has
with what there is, and replaces nothing that it has already.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from slack_view import Drawn, Markup


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of the page outside the messages."""

    html: Markup

    @property
    def version(self) -> str:
        """Differs when the piece differs."""
        return hashlib.sha256(self.html.encode()).hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class View:
    """What a reader of one channel has before him."""

    title: str = ""
    pieces: Mapping[str, Piece] = field(default_factory=dict)
    messages: tuple[Drawn, ...] = ()


def changes(before: View, now: View) -> dict[str, Any] | None:
    """What a browser that shows `before` must do to show `now`, as JSON; None when that is nothing."""
    if before == now:
        return None
    versions = {message.key: message.version for message in before.messages}
    pieces = {key: piece for key, piece in now.pieces.items() if before.pieces.get(key) != piece}
    return {
        "title": now.title,
        "pieces": {key: {"version": piece.version, "html": piece.html} for key, piece in pieces.items()},
        "order": [message.key for message in now.messages],
        "messages": {
            message.key: {"version": message.version, "html": message.html}
            for message in now.messages
            if versions.get(message.key) != message.version
        },
    }
