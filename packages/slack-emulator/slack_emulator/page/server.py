"""Serves the page on a port of its own, in the running event loop."""

import asyncio
from typing import Final

from slack_view import Appearance

from slack_emulator.director import Director
from slack_emulator.page.app import page_app
from slack_emulator.site import Site

_SHUTDOWN_S: Final = 1


class PageServer:
    """The page of one emulator; it may be started before or after it."""

    def __init__(self, director: Director, appearance: Appearance | None = None) -> None:
        self._director = director
        self._appearance = appearance or Appearance()
        self._stopped = asyncio.Event()
        self._site = Site("page", shutdown_s=_SHUTDOWN_S)

    @property
    def url(self) -> str:
        """The page's address, without a trailing slash.

        Raises:
            RuntimeError: it has not been started.
        """
        return self._site.url

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> None:
        """Listen; port 0 takes a free one.

        Raises:
            OSError: the port is taken.
            RuntimeError: it is running already.
        """
        stopped = asyncio.Event()
        await self._site.start(page_app(self._director, stopped, self._appearance), host, port)
        self._stopped = stopped

    async def stop(self) -> None:
        """End the feeds and stop listening; stopping twice does nothing."""
        self._stopped.set()
        await self._site.stop()
