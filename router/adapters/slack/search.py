"""Looks for a call in Slack by the delivery id in its message's metadata (`conversations.history`, `.replies`).

A channel that is known by its name alone is looked for among those that the bot is in.
"""

from typing import Final

from router.adapters.slack.client import UNREADABLE, Reply, SlackClient
from router.adapters.slack.directory import SlackDirectory
from router.adapters.slack.forms import Body, FormError, cursor_of, is_id, is_ts, objects_of
from router.core.model.instant import MINUTE, SECOND
from router.core.slack.answer import Accepted, Answer, Gone, HoldScope, Limited, Refused
from router.core.slack.search import Search, is_delivery

_PAGE: Final = "200"
_MAX_PAGES: Final = 5
_CLOCKS: Final = MINUTE
"""So far Slack's clock may be behind ours."""
_NOT_THERE: Final = Gone("not_in_history")


class SlackSearch:
    """Reads what a channel or a thread shows."""

    def __init__(self, client: SlackClient) -> None:
        self._client = client
        self._directory = SlackDirectory(client)

    async def find(self, token: str, search: Search) -> Answer:
        """`Accepted` as the call itself would have been, `Gone` where it is not there; else why nobody knows."""
        channel = await self._channel_id(token, search.channel)
        if not isinstance(channel, str):
            return channel
        method, cursor = _method(search), ""
        for _ in range(_MAX_PAGES):
            asked = _arguments(search, channel) | ({"cursor": cursor} if cursor else {})
            reply = await self._client.query(token, method, asked)
            if not isinstance(reply, Reply):
                return _of_the_method(reply)
            try:
                for message in objects_of(reply.body, "messages"):
                    if is_delivery(message, search.delivery_id):
                        return _accepted(channel, message, search)
                cursor = cursor_of(reply.body)
            except FormError:
                return UNREADABLE
            if not cursor:
                return _NOT_THERE
        return _NOT_THERE

    async def _channel_id(self, token: str, channel: str) -> str | Answer:
        if is_id(channel):
            return channel
        found = await self._directory.own_channels(token, None)
        if not isinstance(found, tuple):
            return found
        name = channel.removeprefix("#")
        return next((one.id for one in found if one.name == name), Refused("channel_unknown"))


def _method(search: Search) -> str:
    return "conversations.history" if search.parent is None else "conversations.replies"


def _arguments(search: Search, channel: str) -> dict[str, str]:
    seconds, micros = divmod(max(0, search.called_at - _CLOCKS), SECOND)
    asked = {"channel": channel, "oldest": f"{seconds}.{micros:06d}", "limit": _PAGE, "include_all_metadata": "1"}
    return asked if search.parent is None else {**asked, "ts": search.parent.ts}


def _accepted(channel: str, message: Body, search: Search) -> Answer:
    ts = message.get("ts")
    if not (isinstance(ts, str) and is_ts(ts)):
        return UNREADABLE
    return Accepted(channel, ts, search.parent is None or message.get("thread_ts") == search.parent.ts)


def _of_the_method(answer: Answer) -> Answer:
    """A 429 of a method that reads is about the whole method, whatever its body says."""
    return Limited(answer.retry_after, HoldScope.METHOD, answer.error) if isinstance(answer, Limited) else answer
