"""Where connections come in: each is counted from the moment that it is accepted, before TLS and before any byte."""

import asyncio
import socket
from contextlib import suppress
from functools import partial
from typing import Final

import structlog

from router.http.connections import Ended, peer_of
from router.http.protocol import BoundedProtocol, Serving
from router.http.tls import ServerTls
from router.observe.incident import Incident

_FAREWELL_S: Final = 5.0
"""For the end of TLS, which some clients never answer."""
_PAUSE_S: Final = 1.0
"""After the system had no descriptor left for a connection, or something else went wrong."""

_log = structlog.get_logger("router.http")


class Door:
    """Takes connections from a listening socket that does not block."""

    def __init__(self, listener: socket.socket, serving: Serving, tls: ServerTls | None) -> None:
        self._listener = listener
        self._serving = serving
        self._tls = tls
        self._failing = Incident()

    async def open(self) -> None:
        """Take connections until cancelled; what else the loop has to do gets its turn after each."""
        while True:
            try:
                await self._take_next()
            except ConnectionError:  # gone before it was taken
                await asyncio.sleep(0)
            except Exception as error:  # noqa: BLE001 - the door stays open
                if self._failing.happens(repr(error)):
                    _log.exception("connections_not_taken", error=str(error), times=self._failing.times)
                await asyncio.sleep(_PAUSE_S)
            else:
                await asyncio.sleep(0)

    async def _take_next(self) -> None:
        accepted, address = await asyncio.get_running_loop().sock_accept(self._listener)
        self._take(accepted, peer_of(address[0]))

    def _take(self, accepted: socket.socket, peer: str) -> None:
        connection = BoundedProtocol(self._serving, peer)
        if not self._serving.connections.admit(peer, connection):
            accepted.close()
            return
        connection.greeting = task = asyncio.create_task(self._greet(accepted, connection))
        task.add_done_callback(partial(self._greeted, accepted, connection))

    async def _greet(self, accepted: socket.socket, connection: BoundedProtocol) -> None:
        """Make it fit to be used: with TLS, whose handshake takes no longer than the head of a request may."""
        loop = asyncio.get_running_loop()
        if self._tls is None:
            with suppress(OSError):
                await loop.connect_accepted_socket(lambda: connection, accepted)
            return
        try:
            await loop.connect_accepted_socket(
                lambda: connection,
                accepted,
                ssl=self._tls.context(),
                ssl_handshake_timeout=self._serving.deadlines.head_s,
                ssl_shutdown_timeout=_FAREWELL_S,
            )
        except OSError:
            self._serving.ended(Ended.NO_TLS)

    def _greeted(self, accepted: socket.socket, connection: BoundedProtocol, _task: object) -> None:
        """Forget one that did not come to be used; also one that gave way before its task began."""
        connection.greeting = None
        if not connection.is_made:
            accepted.close()
            self._serving.connections.gone(connection.peer, connection)
