"""One HTTP server on a port that was bound before anything else started, so that a busy port is a plain message."""

import asyncio
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

import uvicorn
from starlette.types import ASGIApp

from router.errors import OperationError
from router.http.connections import ConnectionLimits, Connections, Ended
from router.http.door import Door
from router.http.protocol import MAX_HEAD, BoundedProtocol, Deadlines, Serving
from router.http.tls import ServerTls

_GRACE_S: Final = 5
_FEW: Final = ConnectionLimits(64, 64)
_DEADLINES: Final = Deadlines()


@dataclass(frozen=True, slots=True)
class ServerOptions:
    """The limits of a server; `answered` and `ended` get what it answers itself, and whom it cuts off."""

    connections: ConnectionLimits = _FEW
    deadlines: Deadlines = _DEADLINES
    tls: ServerTls | None = None
    answered: Callable[[int], None] = lambda _status: None
    ended: Callable[[Ended], None] = lambda _reason: None


class _Server(uvicorn.Server):
    """Uvicorn that leaves signals to us, and takes connections by our door."""

    def __init__(self, config: uvicorn.Config, listener: socket.socket, options: ServerOptions) -> None:
        super().__init__(config)
        self.connections = Connections(options.connections, options.ended)
        serving = Serving(
            config, self.server_state, self.connections, options.deadlines, options.answered, options.ended
        )
        self._door = Door(listener, serving, options.tls)
        self._taking: asyncio.Task[None] | None = None

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to take connections."""
        await super().startup(sockets)
        self._taking = asyncio.create_task(self._door.open())

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Take no more, and answer what has been asked."""
        if self._taking is not None:
            self._taking.cancel()
            await asyncio.wait([self._taking])
        await super().shutdown(sockets)


def bind(host: str, port: int, setting: str) -> socket.socket:
    """Take a port; 0 takes a free one.

    Raises:
        OperationError: somebody else has it.
    """
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listener.setblocking(False)  # noqa: FBT003 - its only argument
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    # Connections inherit it; asyncio sets it only on sockets that name their protocol. Without it the second part of
    # an answer waits for the client's delayed ACK of the first: 40 ms.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        listener.bind((host, port))
        listener.listen()
    except OSError as error:
        listener.close()
        raise OperationError(
            f"cannot listen on {host}:{port}: {error.strerror}", remedy=f"choose another with {setting}"
        ) from None
    return listener


class HttpServer:
    """A running server."""

    def __init__(self, app: ASGIApp, listener: socket.socket, options: ServerOptions | None = None) -> None:
        options = options or ServerOptions()
        config = uvicorn.Config(
            app,
            http=BoundedProtocol,
            ws="none",
            log_config=None,
            access_log=False,
            lifespan="off",
            server_header=False,
            proxy_headers=False,  # whoever is at this end of the connection asks, whatever it says of others
            timeout_keep_alive=options.deadlines.idle_s,
            timeout_graceful_shutdown=_GRACE_S,
            h11_max_incomplete_event_size=MAX_HEAD,
        )
        self._server = _Server(config, listener, options)
        self._scheme = "http" if options.tls is None else "https"
        self._listener = listener
        self._task: asyncio.Task[None] | None = None

    @property
    def url(self) -> str:
        """Where it listens."""
        host, port = self._listener.getsockname()[:2]
        return f"{self._scheme}://{host}:{port}"

    @property
    def connections(self) -> int:
        """How many it holds."""
        return self._server.connections.count

    async def start(self) -> None:
        """Serve in the background."""
        self._task = asyncio.create_task(self._server.serve(sockets=[]))

    async def stop(self) -> None:
        """Answer what has been asked, then close."""
        self._server.should_exit = True
        if self._task is not None:
            await self._task
        self._listener.close()
