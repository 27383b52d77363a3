"""What a reader of a channel sees, as immutable values for tests and as JSON for other processes.

A thread is part of its parent. A broadcast reply appears once, among the replies, with `broadcast` set. A deleted
parent that still has replies has `deleted` set, where Slack shows "This message was deleted."; other deleted messages
and those that Slack suppressed do not appear.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ShownMessage:
    """One message; `texts` and `times_s` hold the text and Unix time of each version, the post first."""

    ts: str
    text: str
    blocks: tuple[Json, ...]
    attachments: tuple[Json, ...]
    edits: int
    replies: tuple["ShownMessage", ...]
    broadcast: bool
    metadata: Json | None
    texts: tuple[str, ...]
    times_s: tuple[float, ...]
    reactions: tuple[str, ...]
    user_id: str
    deleted: bool

    def as_json(self) -> dict[str, Any]:
        """The message and its replies as plain JSON."""
        return {
            "ts": self.ts,
            "text": self.text,
            "blocks": list(self.blocks),
            "attachments": list(self.attachments),
            "edits": self.edits,
            "replies": [reply.as_json() for reply in self.replies],
            "broadcast": self.broadcast,
            "metadata": self.metadata,
            "texts": list(self.texts),
            "times_s": list(self.times_s),
            "reactions": list(self.reactions),
            "user_id": self.user_id,
            "deleted": self.deleted,
        }
