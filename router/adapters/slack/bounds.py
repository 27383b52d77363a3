"""How an answer of Slack may arrive: its size, its encoding, and that it comes from where the call went.

Whoever answers in Slack's place (a proxy, a wrong address, an attacker on the way) is not trusted with our memory or
our time, or with a message that was meant for somebody else.
"""

from typing import Final

import aiohttp
from aiohttp import ClientHandlerType, ClientRequest, ClientResponse

from router.http.bounded import TooMuchError, body_of

MAX_ANSWER_BYTES: Final = 1024 * 1024
"""The most bytes of an answer that are read, counted after unpacking; a page of channels has about 500 kB."""


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

    def get_encoding(self) -> str:
        """UTF-8, as JSON is; an answer names no codec, of which some take minutes and others are none of text."""
        return "utf-8"

    async def _bounded(self) -> bytes:
        try:
            return await body_of(self, MAX_ANSWER_BYTES)
        except TooMuchError:
            raise BoundsError("answer_too_large") from None


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


def shared_connections() -> aiohttp.TCPConnector:
    """Connections for the sessions of all calls; who calls bounds how many there are at once."""
    return aiohttp.TCPConnector(limit=0, keepalive_timeout=30)


def bounded_session(connections: aiohttp.TCPConnector, timeout: aiohttp.ClientTimeout) -> aiohttp.ClientSession:
    """A session within these bounds for one call with one token: it keeps nothing, and leaves connections open."""
    return aiohttp.ClientSession(
        timeout=timeout,
        connector=connections,
        connector_owner=False,
        cookie_jar=aiohttp.DummyCookieJar(),
        response_class=BoundedResponse,
        middlewares=(refuse_redirects,),
    )
