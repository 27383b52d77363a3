"""What an answer of Slack may be: its size, its forms, and that it comes from where the call went.

Whoever answers in Slack's place (a proxy, a wrong address, an attacker on the way) is not trusted with our memory,
with the names of our keys, or with a message that was meant for somebody else.
"""

import re
from typing import Final

import aiohttp
from aiohttp import ClientHandlerType, ClientRequest, ClientResponse

MAX_ANSWER_BYTES: Final = 1024 * 1024
"""The most bytes of an answer that are read, counted after unpacking; a page of channels has about 500 kB."""
MAX_ERROR_CHARS: Final = 100
"""The most characters of an error code that are kept, logged and stored; Slack's longest has about 50."""
MAX_ID_CHARS: Final = 64
"""The most characters of the ID of a team, a bot, a user or a channel; Slack's have about 11."""

_ID: Final = re.compile(rf"[A-Z][A-Z0-9]{{0,{MAX_ID_CHARS - 1}}}")
_TS: Final = re.compile(r"[0-9]{1,16}\.[0-9]{1,16}")


class BoundsError(Exception):
    """An answer that is not read any further; its text is the code under which the call is logged."""


class BoundedResponse(ClientResponse):
    """A response whose body is given up as soon as it is larger than the bound."""

    async def read(self) -> bytes:
        """The body.

        Raises:
            BoundsError: it is too large; its connection is closed.
        """
        if self._body is None:
            self._body = await self._bounded()
        return self._body

    async def _bounded(self) -> bytes:
        parts, size = list[bytes](), 0
        async for part in self.content.iter_any():
            size += len(part)
            if size > MAX_ANSWER_BYTES:
                self.close()
                raise BoundsError("answer_too_large")
            parts.append(part)
        return b"".join(parts)


async def refuse_redirects(request: ClientRequest, handler: ClientHandlerType) -> ClientResponse:
    """Middleware of a session: the token and the message go where they were sent, and nowhere else.

    Raises:
        BoundsError: the answer names another address.
    """
    response = await handler(request)
    if 300 <= response.status < 400:
        response.close()
        raise BoundsError(f"http_{response.status}")
    return response


def bounded_session(timeout: aiohttp.ClientTimeout) -> aiohttp.ClientSession:
    """A session within these bounds that keeps no cookies; who calls bounds how many calls there are at once."""
    return aiohttp.ClientSession(
        timeout=timeout,
        connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=30),
        cookie_jar=aiohttp.DummyCookieJar(),
        response_class=BoundedResponse,
        middlewares=(refuse_redirects,),
    )


def is_id(value: object) -> bool:
    """Whether this has the form of an ID of Slack's: capitals and digits."""
    return isinstance(value, str) and _ID.fullmatch(value) is not None


def is_ts(value: object) -> bool:
    """Whether this has the form of a message's `ts`: digits, a point, digits."""
    return isinstance(value, str) and _TS.fullmatch(value) is not None
