"""Calls to Slack as values: the method, and the arguments exactly as they go over the wire."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from router.core.model.group import MessageRef
from router.core.model.operation import Op
from router.core.slack.message import SlackMessage
from router.core.slack.search import metadata

POST: Final = "chat.postMessage"
UPDATE: Final = "chat.update"
DELETE: Final = "chat.delete"
_NO_PREVIEWS: Final = {"unfurl_links": False, "unfurl_media": False}


@dataclass(frozen=True, slots=True)
class SlackCall:
    """One call, but for the token; `parent` is the message that a reply answers."""

    method: str
    arguments: Mapping[str, Any]
    parent: MessageRef | None = None


def call_for(op: Op, shown: MessageRef | None, channel: str, message: SlackMessage, delivery_id: str) -> SlackCall:
    """The call that an operation means; `shown` is the group's message, `channel` where a new one goes.

    Without a message there is nothing to edit or answer, so a new one is posted.
    """
    if shown is None or op is Op.POST:
        return post(channel, message, delivery_id)
    if op is Op.EDIT:
        return edit(shown, message, delivery_id)
    return reply(shown, message, delivery_id, broadcast=op in {Op.REPLY_BROADCAST, Op.REPLY_FOR_EDIT})


def post(channel: str, message: SlackMessage, delivery_id: str) -> SlackCall:
    """A new message."""
    own = {"channel": channel, "metadata": metadata(delivery_id), **_NO_PREVIEWS}
    return SlackCall(POST, message.arguments() | own)


def edit(shown: MessageRef, message: SlackMessage, delivery_id: str) -> SlackCall:
    """Show this where that was shown; all is sent, as what is left out stays or goes by rules of its own."""
    own = {"channel": shown.channel, "ts": shown.ts, "metadata": metadata(delivery_id)}
    return SlackCall(UPDATE, message.arguments() | own)


def delete(shown: MessageRef) -> SlackCall:
    """A message is gone; what answered it stays."""
    return SlackCall(DELETE, {"channel": shown.channel, "ts": shown.ts})


def reply(parent: MessageRef, message: SlackMessage, delivery_id: str, *, broadcast: bool) -> SlackCall:
    """An answer in the thread of a message; `broadcast` shows it in the channel too."""
    own = {"channel": parent.channel, "thread_ts": parent.ts, "metadata": metadata(delivery_id), **_NO_PREVIEWS}
    also_in_channel = {"reply_broadcast": True} if broadcast else {}
    return SlackCall(POST, message.arguments() | own | also_in_channel, parent)
