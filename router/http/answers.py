"""What every answer passes on its way out: it is counted, and a sender that still writes gets to read it.

A sender may write its whole body before it reads. If the connection is closed meanwhile, it sees a reset instead of
the refusal, and comes again with the same. So what it still writes is read and forgotten first, within bounds.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAX_FORGOTTEN: Final = 64 << 20
"""Bytes of a refused body that are read and forgotten; beyond, the connection is closed."""
FORGOTTEN_S: Final = 10.0
"""Seconds that this may take."""


class Counted:
    """The same application; `answered` gets the status of each answer."""

    def __init__(self, app: ASGIApp, answered: Callable[[int], None]) -> None:
        self._app = app
        self._answered = answered

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""

        async def counting(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._answered(message["status"])
            await send(message)

        await self._app(scope, receive, counting)


class ReadToItsEnd:
    """The same application; bodies that it leaves unread are read before an answer ends."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http" or not _announces_body(scope):
            await self._app(scope, receive, send)
            return
        body = _Body(scope, receive, send)
        await self._app(scope, body.receive, body.send)


class _Body:
    """The body of one request, and how much of it is still to come."""

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._receive = receive
        self._send = send
        self._is_read = False
        self._is_ambiguous = bool(_header(scope, b"transfer-encoding") and _header(scope, b"content-length"))
        self._is_endless = not 0 < int(_header(scope, b"content-length") or 0) <= MAX_FORGOTTEN
        self._waits = bool(_header(scope, b"expect"))

    async def receive(self) -> Message:
        """The next piece."""
        message = await self._receive()
        self._is_read = not message.get("more_body", False)
        self._waits = False
        return message

    async def send(self, message: Message) -> None:
        """A part of the answer; its end waits until the sender has done."""
        if message["type"] == "http.response.start" and self._closes:
            message = {**message, "headers": [*message.get("headers", ()), (b"connection", b"close")]}
        is_end = message["type"] == "http.response.body" and not message.get("more_body", False)
        if not is_end or self._is_read or self._waits:
            await self._send(message)
            return
        await self._send({**message, "more_body": True})
        await self._forget()
        await self._send({"type": "http.response.body", "body": b""})

    @property
    def _closes(self) -> bool:
        """Whether the connection ends with the answer; with two lengths (RFC 9112, 6.1) in any case."""
        return self._is_ambiguous or (not self._is_read and (self._is_endless or self._waits))

    async def _forget(self) -> None:
        left = MAX_FORGOTTEN
        with suppress(TimeoutError):
            async with asyncio.timeout(FORGOTTEN_S):
                while not self._is_read and left >= 0:
                    left -= len((await self.receive()).get("body", b""))


def _announces_body(scope: Scope) -> bool:
    return bool(_header(scope, b"transfer-encoding")) or _header(scope, b"content-length") not in {b"", b"0"}


def _header(scope: Scope, name: bytes) -> bytes:
    return next((value for one, value in scope["headers"] if one == name), b"")
