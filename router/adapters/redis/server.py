"""One server of Redis: a bounded pool of connections, and batches of commands in one round trip.

Commands are never resent after a failure: a lost reply may be a stored write, and only the caller knows whether
asking again is harmless. Every command is bounded in time.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final, TypeVar

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import NoScriptError

from router.adapters.redis.command import Command
from router.adapters.redis.round_trips import RoundTrips
from router.adapters.redis.wire import exchange

CONNECTIONS: Final = 32

T = TypeVar("T")

Pipeline = Any
"""A transaction of redis-py, which types what it would return in all its states."""

Work = Callable[[Pipeline], Awaitable[T]]
"""What is done in one transaction: watch, read, multi, write, execute."""


class Server:
    """The server at an address, which redis-py has taken apart."""

    def __init__(self, address: Mapping[str, Any], timeout_s: float) -> None:
        # Any: connections have a type that is not public.
        self._pool: Any = BlockingConnectionPool(
            max_connections=CONNECTIONS,
            timeout=timeout_s,
            socket_connect_timeout=timeout_s,
            retry=Retry(NoBackoff(), 0),
            decode_responses=True,
            **address,
        )
        # Any: redis-py gives every reply the union of all types that any setting could produce.
        self._client: Any = Redis.from_pool(self._pool)
        self._timeout_s = timeout_s
        self._trips = RoundTrips(self._send_repaired)

    async def execute(self, commands: Sequence[Command], *, asking: bool = False) -> list[Any]:
        """The answer to each command, or the server's error, in a round trip with what others ask at the same time.

        `asking` for keys that are being moved there; those have a round trip of their own.

        Raises:
            RedisError: the server did not answer; any of the commands may have been carried out.
            OSError: the same.
        """
        if asking:
            return await self._send_repaired(commands, asking=True)
        return await self._trips.run(commands)

    async def _send_repaired(self, commands: Sequence[Command], *, asking: bool = False) -> list[Any]:
        """With another round trip for scripts that the server does not know yet."""
        answers = await self._send(commands, asking=asking)
        lacking = [index for index, one in enumerate(answers) if isinstance(one, NoScriptError)]
        if lacking:
            again = await self._send_with_scripts([commands[index] for index in lacking], asking=asking)
            for index, answer in zip(lacking, again, strict=True):
                answers[index] = answer
        return answers

    async def atomically(self, work: Work[T]) -> T:
        """What the work comes to."""
        async with asyncio.timeout(self._timeout_s), self._client.pipeline(transaction=True) as pipeline:
            return await work(pipeline)

    async def close(self) -> None:
        """Give all connections back."""
        await self._client.aclose(close_connection_pool=True)

    async def _send_with_scripts(self, commands: Sequence[Command], *, asking: bool) -> list[Any]:
        loads = [Command(("SCRIPT LOAD", text), "") for text in dict.fromkeys(one.script for one in commands)]
        return (await self._send([*loads, *commands], asking=asking))[len(loads) :]

    async def _send(self, commands: Sequence[Command], *, asking: bool) -> list[Any]:
        async with asyncio.timeout(self._timeout_s):
            wire = await self._pool.get_connection()
            try:
                return await exchange(wire, commands, self._client.response_callbacks, asking=asking)
            except BaseException:
                await wire.disconnect(nowait=True)  # answers to come belong to nobody
                raise
            finally:
                await self._pool.release(wire)
