"""The servers of a cluster, each by itself: one that does not answer keeps nobody waiting who does not need it.

After its first failure a server is left alone: what is asked of it fails at once, until it answers a PING again.
"""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final, TypeVar

import structlog
from redis.exceptions import ConnectionError as NotConnectedError
from redis.exceptions import RedisError
from redis.exceptions import TimeoutError as NotInTimeError

from router.adapters.redis.command import Command
from router.adapters.redis.server import Server, Work
from router.adapters.redis.slots import Address

NODE_TIMEOUT_S: Final = 2.0
"""Seconds that one server of a cluster may take; then its slots are away, and the others are not."""
_PROBE_S: Final = 1.0
_PING: Final = Command(("PING",), "")
FAILURES: Final = (NotConnectedError, NotInTimeError, OSError, TimeoutError)

T = TypeVar("T")


class Nodes:
    """Servers by address; `options` are what all of them share, such as a password."""

    def __init__(self, options: Mapping[str, Any]) -> None:
        self._options = {name: value for name, value in options.items() if name not in {"host", "port", "db"}}
        self._servers: dict[Address, Server] = {}
        self._away: dict[Address, str] = {}
        self._log = structlog.get_logger("router.redis")

    def is_away(self, address: Address) -> bool:
        """Whether a server did not answer the last time."""
        return address in self._away

    async def execute(self, address: Address, commands: Sequence[Command], *, asking: bool = False) -> list[Any]:
        """The answer to each command, or the error that it met."""
        try:
            self._check(address)
            return await self._server(address).execute(commands, asking=asking)
        except FAILURES as error:
            self._note_failure(address, error)
            return [error] * len(commands)
        except RedisError as error:
            return [error] * len(commands)

    async def atomically(self, address: Address, work: Work[T]) -> T:
        """What the work comes to.

        Raises:
            RedisError: the server did not answer, or with an error.
        """
        try:
            self._check(address)
            return await self._server(address).atomically(work)
        except FAILURES as error:
            self._note_failure(address, error)
            raise

    async def probe(self, masters: Collection[Address]) -> bool:
        """Ask again those that are away; whether none of these masters is."""
        await asyncio.gather(*(self._probe(one) for one in tuple(self._away) if one in masters))
        for gone in [one for one in self._away if one not in masters]:
            self._away.pop(gone)
            if gone in self._servers:
                await self._servers.pop(gone).close()
        return not self._away

    async def close(self) -> None:
        """Give all connections back."""
        for server in self._servers.values():
            await server.close()

    async def _probe(self, address: Address) -> None:
        try:
            async with asyncio.timeout(_PROBE_S):
                [answer] = await self._server(address).execute([_PING])
        except FAILURES:
            return
        if not isinstance(answer, Exception):
            self._away.pop(address, None)
            self._log.info("redis_node_back", node=_text(address))

    def _server(self, address: Address) -> Server:
        if address not in self._servers:
            place = {"host": address[0], "port": address[1]}
            self._servers[address] = Server({**self._options, **place}, NODE_TIMEOUT_S)
        return self._servers[address]

    def _check(self, address: Address) -> None:
        if address in self._away:
            raise NotConnectedError(f"{_text(address)} is away: {self._away[address]}")

    def _note_failure(self, address: Address, error: Exception) -> None:
        if address not in self._away:
            self._away[address] = str(error) or type(error).__name__
            self._log.warning("redis_node_away", node=_text(address), error=self._away[address])


def _text(address: Address) -> str:
    return f"{address[0]}:{address[1]}"
