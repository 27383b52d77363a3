"""How long a client waits for brokers to end its connections too.

Over TLS the one who closes waits for the other's last message, and asyncio gives it 30 s. A broker that has an answer
on its way when it is left may never send it, and aiokafka waits for every connection: whatever comes after the
closing, such as the first notification after a start, would come half a minute later.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final

GOODBYE_S: Final = 0.5
"""Seconds after which a connection is ended from our side alone."""


def close_in_time(client: Any) -> None:  # noqa: ANN401 - aiokafka is not typed
    """Let this client of aiokafka close in bounded time; what it was to send has been answered by then."""
    client.close = _Closing(client, client.close)


class _Closing:
    def __init__(self, client: Any, close: Callable[[], Awaitable[None]]) -> None:  # noqa: ANN401 - as aiokafka's
        self._client = client
        self._close = close

    async def __call__(self) -> None:
        writers = [one._writer for one in self._client._conns.values()]  # noqa: SLF001 - there is no public way
        closing = asyncio.ensure_future(self._close())
        try:
            await asyncio.wait([closing], timeout=GOODBYE_S)
        finally:
            for one in writers:
                if one is not None:
                    one.transport.abort()
        await closing
