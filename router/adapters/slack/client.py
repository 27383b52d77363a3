"""Calls to Slack for one workspace at a time; every call ends in one Answer and raises nothing.

The client repeats nothing: its own retry would post twice after a dropped connection. Only a failure to connect says
that nothing was sent; whatever fails after that is ambiguous.
"""

import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from router.adapters.slack.answers import classify
from router.adapters.slack.bounds import BoundsError, bounded_session, shared_connections
from router.adapters.slack.forms import is_id, is_ts
from router.core.model.group import MessageRef
from router.core.slack.answer import Accepted, Ambiguous, Answer, Unreached
from router.core.slack.call import SlackCall
from router.ports.slack import Identity

SLACK_URL: Final = "https://slack.com/api/"
UNREADABLE: Final = Ambiguous("unreadable_body")
"""An answer that may mean anything: the call may have been made."""

_CONNECT_SHARE: Final = 0.3
_MASK: Final = "xox…"
"""What stands for the token in an answer that repeats it."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A body that says `ok`, and the headers it came with."""

    body: Mapping[str, Any]
    headers: Mapping[str, str]


class SlackClient:
    """Slack's Web API; calls share connections, and each has a session of its own: no two tokens meet in one."""

    def __init__(self, base_url: str, timeout_s: float) -> None:
        self._base_url = base_url.rstrip("/") + "/"
        self._timeout = aiohttp.ClientTimeout(total=timeout_s, connect=timeout_s * _CONNECT_SHARE)
        self._connections: aiohttp.TCPConnector | None = None
        self._proxy = _proxy_for(base_url)
        # An explicit level: slack-sdk formats every payload for a logger whose own level is unset.
        self._logger = logging.getLogger("router.slack.sdk")
        self._logger.setLevel(logging.WARNING)

    async def start(self) -> None:
        """Begin; calls may be made from now on."""
        self._connections = shared_connections()

    async def close(self) -> None:
        """Close the connections; calls in flight must have ended."""
        if self._connections is not None:
            await self._connections.close()

    async def identify(self, token: str) -> Identity | Answer:
        """Whose token this is (`auth.test`)."""
        answer = await self._call(token, "auth.test", {})
        if not isinstance(answer, Mapping):
            return answer
        team, bot = answer.get("team_id"), answer.get("bot_id") or answer.get("user_id")
        return Identity(f"{team}-{bot}", _url(answer.get("url"))) if is_id(team) and is_id(bot) else UNREADABLE

    async def send(self, token: str, call: SlackCall) -> Answer:
        """Make a call, once."""
        return _accepted(await self._call(token, call.method, call.arguments), call.parent)

    async def query(self, token: str, method: str, arguments: Mapping[str, str]) -> Reply | Answer:
        """Ask a method that only reads; Slack takes the arguments of these from the query alone."""
        return await self._ask(token, method, http_verb="GET", params=dict(arguments))

    async def _call(self, token: str, method: str, arguments: Mapping[str, Any]) -> Mapping[str, Any] | Answer:
        reply = await self._ask(token, method, json=dict(arguments))
        return reply.body if isinstance(reply, Reply) else reply

    async def _ask(self, token: str, method: str, **how: Any) -> Reply | Answer:  # noqa: ANN401 - as slack-sdk's
        if self._connections is None or self._connections.closed:
            return Unreached("client_closed")  # slack-sdk would open a session of its own, without our bounds
        async with bounded_session(self._connections, self._timeout) as session:
            client = AsyncWebClient(token, self._base_url, session=session, retry_handlers=[], logger=self._logger)
            client.proxy = self._proxy
            return await _answer(client, method, token, how)


_UNREADABLE: Final = (AttributeError, ValueError, RecursionError)
"""What slack-sdk raises on bodies that are not JSON objects."""


async def _answer(client: AsyncWebClient, method: str, token: str, how: Mapping[str, Any]) -> Reply | Answer:
    try:
        response = await client.api_call(method, **how)
    except SlackApiError as error:
        return _refusal(error.response, token)
    except BoundsError as error:
        return Ambiguous(str(error))
    except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
        return Unreached(type(error).__name__)
    except (aiohttp.ClientError, SlackClientError, TimeoutError, OSError, *_UNREADABLE) as error:
        return Ambiguous(type(error).__name__)
    if not isinstance(response.data, dict) or response.data.get("ok") is not True:
        return UNREADABLE
    return Reply(response.data, response.headers)


_URL: Final = re.compile(r"https://[a-z0-9][a-z0-9.-]{0,252}/", re.ASCII)
"""The only form in which a workspace's address is taken into a message."""


def _url(given: object) -> str:
    return given if isinstance(given, str) and _URL.fullmatch(given) else ""


def _proxy_for(url: str) -> str | None:
    """The proxy of the environment, if it is meant for this address; slack-sdk itself does not know NO_PROXY."""
    parts = urlsplit(url)
    return None if proxy_bypass(parts.netloc) else getproxies().get(parts.scheme)


def _accepted(answer: Mapping[str, Any] | Answer, parent: MessageRef | None = None) -> Answer:
    if not isinstance(answer, Mapping):
        return answer
    channel, ts, message = answer.get("channel"), answer.get("ts"), answer.get("message")
    if not (isinstance(channel, str) and is_id(channel) and isinstance(ts, str) and is_ts(ts)):
        return UNREADABLE
    threaded = parent is None or (isinstance(message, dict) and message.get("thread_ts") == parent.ts)
    return Accepted(channel, ts, threaded)


def _refusal(response: Any, token: str) -> Answer:  # noqa: ANN401 - slack-sdk's own response, or aiohttp's
    status = int(getattr(response, "status_code", 0) or getattr(response, "status", 0))
    data = getattr(response, "data", None)
    error = data.get("error") if isinstance(data, dict) else None
    headers = getattr(response, "headers", {})
    return classify(status, error.replace(token, _MASK) if isinstance(error, str) else None, headers)
