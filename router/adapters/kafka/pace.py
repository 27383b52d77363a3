"""How often a client asks brokers who leads which partition.

aiokafka asks again at once, without a pause, as long as a partition that it writes or reads has no leader: thousands
of requests a second, from every process.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final

EVERY_S: Final = 0.1
"""Seconds between two requests for metadata of one client."""

_Ask = Callable[[Any, Any], Awaitable[bool]]


def pace(client: Any) -> None:  # noqa: ANN401 - aiokafka is not typed
    """From now on this client of aiokafka asks for metadata in turn, and not more often; who asks waits."""
    client._metadata_update = _Paced(client._metadata_update)  # noqa: SLF001 - there is no public way


class _Paced:
    def __init__(self, ask: _Ask) -> None:
        self._ask = ask
        self._next = 0.0

    async def __call__(self, cluster: Any, topics: Any) -> bool:  # noqa: ANN401 - as aiokafka's
        now = asyncio.get_running_loop().time()
        turn = max(now, self._next)
        self._next = turn + EVERY_S
        await asyncio.sleep(turn - now)
        return await self._ask(cluster, topics)
