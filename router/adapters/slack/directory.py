"""What Slack says of a bot and of channels: for people who check a tenant, never on the way of an alert.

A channel given by name is looked for among the channels that the bot is in (`users.conversations`): a workspace may
have tens of thousands of channels, a bot is in a few, and where it is not it could not post anyway. So a name that
does not exist and a channel without the bot look the same.
"""

from collections.abc import Mapping
from typing import Final

from router.adapters.slack.client import UNREADABLE, Reply, SlackClient
from router.adapters.slack.forms import Body, FormError, cursor_of, id_of, name_of, objects_of
from router.core.slack.answer import Ambiguous, Answer
from router.ports.control import Bot, SlackChannel

_PAGE: Final = "999"
_MAX_PAGES: Final = 20
_PUBLIC, _PRIVATE = "public_channel", "private_channel"
_KINDS: Final = {_PUBLIC: "channels:read", _PRIVATE: "groups:read"}


class SlackDirectory:
    """Looks things up in a workspace."""

    def __init__(self, client: SlackClient) -> None:
        self._client = client

    async def bot(self, token: str) -> Bot | Answer:
        """Whom the token speaks for, and what it may do."""
        reply = await self._client.query(token, "auth.test", {})
        if not isinstance(reply, Reply):
            return reply
        try:
            return _bot(reply)
        except FormError:
            return UNREADABLE

    async def channel(self, token: str, channel_id: str) -> SlackChannel | Answer:
        """A channel by its ID."""
        reply = await self._client.query(token, "conversations.info", {"channel": channel_id})
        if not isinstance(reply, Reply):
            return reply
        found = reply.body.get("channel")
        try:
            return _channel(found, member=None) if isinstance(found, Mapping) else UNREADABLE
        except FormError:
            return UNREADABLE

    async def own_channels(self, token: str, scopes: frozenset[str] | None) -> tuple[SlackChannel, ...] | Answer:
        """All channels that the bot is in, of the kinds that its scopes let it see."""
        kinds = [kind for kind, scope in _KINDS.items() if scopes is None or scope in scopes]
        found: list[SlackChannel] = []
        cursor = ""
        for _ in range(_MAX_PAGES):
            asked = {"types": ",".join(kinds), "limit": _PAGE} | ({"cursor": cursor} if cursor else {})
            reply = await self._client.query(token, "users.conversations", asked)
            if not isinstance(reply, Reply):
                return reply
            try:
                found += [_channel(one, member=True) for one in objects_of(reply.body, "channels")]
                cursor = cursor_of(reply.body)
            except FormError:
                return UNREADABLE
            if not cursor:
                return tuple(found)
        return Ambiguous("too_many_channels")


def _bot(reply: Reply) -> Bot:
    body = reply.body
    return Bot(
        name_of(body, "team"), id_of(body, "team_id"), name_of(body, "user"), id_of(body, "user_id"),
        _scopes(reply.headers),
    )  # fmt: skip


def _channel(found: Body, member: bool | None) -> SlackChannel:  # noqa: FBT001 - a fact, no switch
    is_member = bool(found.get("is_member")) if member is None else member
    return SlackChannel(id_of(found, "id"), name_of(found, "name"), is_member, bool(found.get("is_archived")))


def _scopes(headers: Mapping[str, str]) -> frozenset[str] | None:
    text = next((value for name, value in headers.items() if name.lower() == "x-oauth-scopes"), None)
    return None if text is None else frozenset(part.strip() for part in text.split(",") if part.strip())
