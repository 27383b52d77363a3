"""The emulator itself: the director's world, served over HTTP from the running event loop."""

import time
from collections.abc import Callable
from typing import Final

from slack_emulator.director import Director
from slack_emulator.limits import Limits
from slack_emulator.server import build_app
from slack_emulator.site import Site

_SHUTDOWN_S: Final = 0.2


class Emulator(Director):
    """An emulated Slack. Set it up before or after `start`; its state survives `stop`."""

    def __init__(
        self,
        limits: Limits | None = None,
        clock: Callable[[], float] = time.time,  # noqa: TID251 - the clock that everything else is handed
    ) -> None:
        super().__init__(limits, clock)
        self._site = Site("emulator", shutdown_s=_SHUTDOWN_S)

    @property
    def url(self) -> str:
        """Where it listens, without a trailing slash; Slack's base URL is `url + "/api/"`.

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
        await self._site.start(build_app(self), host, port)

    async def stop(self) -> None:
        """Stop listening and cut off hanging calls; stopping twice does nothing."""
        await self._site.stop()
