"""Serves the page on a port of its own, in the running event loop."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import uvicorn
from slack_view import Appearance

from slack_emulator.director import Director
from slack_emulator.page.app import page_app

_GRACE_S: Final = 1
_HEADERS: Final = [
    ("Cache-Control", "no-store"),
    ("Referrer-Policy", "no-referrer"),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
]
"""What every answer says, errors included; the page brings its policy besides."""


class _Server(uvicorn.Server):
    """Uvicorn that leaves signals to who runs the process."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class PageServer:
    """The page of one emulator; it may be started before or after it."""

    def __init__(self, director: Director, appearance: Appearance | None = None) -> None:
        self._director = director
        self._appearance = appearance
        self._stopped = asyncio.Event()
        self._server: _Server | None = None
        self._task: asyncio.Task[None] | None = None
        self._url: str | None = None

    @property
    def url(self) -> str:
        """Where to look, without a trailing slash."""
        if self._url is None:
            raise RuntimeError("the page has not been started")
        return self._url

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> None:
        """Serve in the background, whoever asks from now on is answered; port 0 takes a free one.

        Raises:
            OSError: somebody else has the port.
        """
        if self._server is not None:
            raise RuntimeError("the page is running already")
        listener = _bound(host, port)
        self._stopped = asyncio.Event()
        app = page_app(self._director, self._stopped, self._appearance)
        self._server = _Server(_config(app))
        self._task = asyncio.create_task(self._server.serve(sockets=[listener]))
        shown_host = f"[{host}]" if ":" in host else host
        self._url = f"http://{shown_host}:{listener.getsockname()[1]}"

    async def stop(self) -> None:
        """End the feeds and stop listening; stopping twice does nothing."""
        self._stopped.set()
        server, self._server, self._url = self._server, None, None
        if server is not None and self._task is not None:
            server.should_exit = True
            await self._task


def _config(app: object) -> uvicorn.Config:
    return uvicorn.Config(
        app,  # type: ignore[arg-type]  # uvicorn's own protocol types
        log_config=None,
        access_log=False,
        lifespan="off",
        ws="none",
        server_header=False,
        headers=_HEADERS,
        timeout_graceful_shutdown=_GRACE_S,
    )


def _bound(host: str, port: int) -> socket.socket:
    """A socket that queues its callers until the server is ready for them."""
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen()
    except OSError:
        listener.close()
        raise
    return listener
