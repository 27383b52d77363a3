"""The page at one point in time, in pieces, and the difference between two such states.

The key of a piece is the id of its element, and its version changes with its content, so that a browser replaces only
what has changed.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from slack_view import Drawn, Markup


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of the page other than the messages."""

    html: Markup

    @property
    def version(self) -> str:
        """A digest of the piece: it differs when the piece differs."""
        return hashlib.sha256(self.html.encode()).hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class View:
    """What a reader of one channel sees."""

    title: str = ""
    pieces: Mapping[str, Piece] = field(default_factory=dict)
    messages: tuple[Drawn, ...] = ()
    language: str = ""


def changes(before: View, now: View) -> dict[str, Any] | None:
    """What a browser that shows `before` needs to show `now`, as JSON; None if nothing has changed."""
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
