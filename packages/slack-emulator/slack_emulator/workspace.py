"""What Slack stores: teams, tokens, channels and their messages.

State only, without the rules of any method. Invariants: a `ts` is unique and strictly increasing in its channel, a
message never leaves its channel (deleting marks it), and the `thread_ts` of a reply names a top-level message.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

Json = dict[str, Any]

DEFAULT_SCOPES = frozenset(
    {
        "chat:write",
        "channels:history",
        "channels:read",
        "groups:history",
        "groups:read",
        "reactions:write",
    }
)
"""The scopes of a bot that posts in channels to which it was invited, hence without `chat:write.public`."""


TOMBSTONE = "This message was deleted."


class TokenStatus(StrEnum):
    """Whether a token is valid."""

    ACTIVE = "active"
    REVOKED = "revoked"
    INACTIVE = "inactive"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Author:
    """The author of a message; a person has no bot and no app."""

    user_id: str
    bot_id: str | None = None
    app_id: str | None = None


@dataclass(slots=True)
class Token:
    """A bot token and its bot."""

    value: str
    team_id: str
    author: Author
    scopes: frozenset[str] = DEFAULT_SCOPES
    status: TokenStatus = TokenStatus.ACTIVE

    @property
    def app_id(self) -> str:
        """The app whose budgets the token spends."""
        return self.author.app_id or ""


@dataclass(slots=True)
class Message:
    """A message as stored; `versions` holds every accepted (time, text), the first being the post itself."""

    ts: str
    author: Author
    text: str
    blocks: list[Json]
    attachments: list[Json]
    metadata: Json | None = None
    thread_ts: str | None = None
    broadcast: bool = False
    hidden: bool = False
    deleted: bool = False
    edited_ts: str | None = None
    versions: list[tuple[float, str]] = field(default_factory=list)
    reactions: dict[str, set[str]] = field(default_factory=dict)


@dataclass(slots=True)
class Channel:
    """A conversation; `member` is whether the bot is in it, `members` are the people in it.

    `language` is that of its readers, in which the page shows times; "" is each browser's own.
    """

    id: str
    name: str
    private: bool = False
    member: bool = True
    archived: bool = False
    read_only: bool = False
    language: str = ""
    members: set[str] = field(default_factory=set)
    messages: dict[str, Message] = field(default_factory=dict)
    ephemerals: list[tuple[str, Message]] = field(default_factory=list)
    posts_s: list[float] = field(default_factory=list)
    _last_micros: int = 0

    def next_ts(self, now_s: float) -> str:
        """A new message id, later than every earlier one even when the clock stands still or goes back."""
        self._last_micros = max(round(now_s * 1_000_000), self._last_micros + 1)
        seconds, micros = divmod(self._last_micros, 1_000_000)
        return f"{seconds}.{micros:06d}"

    def living(self, ts: str) -> Message | None:
        """The message with this id, unless it was deleted or suppressed."""
        message = self.messages.get(ts)
        return message if message and not message.deleted and not message.hidden else None

    def delete(self, message: Message) -> None:
        """Delete the message; only its place is kept, for its replies."""
        message.deleted = True
        message.text, message.metadata = TOMBSTONE, None
        message.blocks, message.attachments, message.reactions = [], [], {}

    def threads(self) -> dict[str, list[Message]]:
        """The visible replies by the id of their parent, oldest first."""
        threads: dict[str, list[Message]] = {}
        for message in self.messages.values():
            if message.thread_ts is not None and not message.deleted and not message.hidden:
                threads.setdefault(message.thread_ts, []).append(message)
        return threads

    def top_level(self) -> Iterator[tuple[Message, list[Message]]]:
        """What the channel shows, oldest first, with replies; a deleted parent stays while it has replies."""
        threads = self.threads()
        for message in self.messages.values():
            replies = threads.get(message.ts, [])
            if message.thread_ts is None and not message.hidden and (replies or not message.deleted):
                yield message, replies


@dataclass(slots=True)
class Workspace:
    """One team and its channels; `unreachable_pictures` are how the addresses begin that Slack cannot fetch."""

    team_id: str
    name: str
    channels: dict[str, Channel] = field(default_factory=dict)
    allowed_mentions: set[str] = field(default_factory=set)
    unreachable_pictures: set[str] = field(default_factory=set)
    refused_blocks: set[str] = field(default_factory=set)
    """Types of blocks that other workspaces take."""

    def by_name(self, name: str) -> Channel | None:
        """The channel of that name, with or without the leading `#`."""
        wanted = name.removeprefix("#")
        return next((channel for channel in self.channels.values() if channel.name == wanted), None)

    def find(self, reference: str) -> Channel | None:
        """The channel of that id or name."""
        return self.channels.get(reference) or self.by_name(reference)


@dataclass(slots=True)
class World:
    """All workspaces and all tokens of this emulator."""

    workspaces: dict[str, Workspace] = field(default_factory=dict)
    tokens: dict[str, Token] = field(default_factory=dict)


def derived_id(prefix: str, *parts: str) -> str:
    """A Slack-like id that is always the same for the same parts."""
    digest = hashlib.sha256("\x00".join(parts).encode()).hexdigest()
    return prefix + digest[:10].upper()


def bot_author(team_id: str, app_id: str) -> Author:
    """The bot an app has in a team."""
    return Author(derived_id("U", team_id, app_id), derived_id("B", team_id, app_id), app_id)
