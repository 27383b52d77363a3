"""Calls to Slack as values: the method, and the arguments exactly as they go over the wire."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from router.core.model.group import Place
from router.core.slack.message import SlackMessage

POST: Final = "chat.postMessage"
UPDATE: Final = "chat.update"
_EVENT_TYPE: Final = "alert_notification"
_NO_PREVIEWS: Final = {"unfurl_links": False, "unfurl_media": False}


@dataclass(frozen=True, slots=True)
class Request:
    """One call, but for the token."""

    method: str
    arguments: Mapping[str, Any]


def post(channel: str, message: SlackMessage, delivery_id: str) -> Request:
    """A new message."""
    own = {"channel": channel, "metadata": _metadata(delivery_id), **_NO_PREVIEWS}
    return Request(POST, message.arguments() | own)


def edit(place: Place, message: SlackMessage, delivery_id: str) -> Request:
    """Show this where that was shown; all is sent, as what is left out stays or goes by rules of its own."""
    own = {"channel": place.channel, "ts": place.ts, "metadata": _metadata(delivery_id)}
    return Request(UPDATE, message.arguments() | own)


def reply(place: Place, message: SlackMessage, delivery_id: str, *, aloud: bool) -> Request:
    """An answer in the thread of a message; `aloud` shows it in the channel too."""
    own = {"channel": place.channel, "thread_ts": place.ts, "metadata": _metadata(delivery_id), **_NO_PREVIEWS}
    broadcast = {"reply_broadcast": True} if aloud else {}
    return Request(POST, message.arguments() | own | broadcast)


def _metadata(delivery_id: str) -> dict[str, Any]:
    return {"event_type": _EVENT_TYPE, "event_payload": {"delivery": delivery_id}}
