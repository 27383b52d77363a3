"""The connection to Redis, its clock, and its errors as ours.

Commands are never resent by the client: a lost reply may be a stored write, and only the caller knows whether asking
again is harmless. Every command is bounded in time.
"""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from typing import Any, Final

from redis.asyncio import BlockingConnectionPool
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from router.adapters.redis import keys
from router.adapters.redis.client import Client, Script
from router.core.model.instant import SECOND, Instant
from router.errors import UnavailableError

_SOCKET_TIMEOUT_S: Final = 5.0
_CONNECTIONS: Final = 32
_CLOCK_AGE_S: Final = 10.0
_HEALTH_MS: Final = 1_000


class Connection:
    """A pooled client, the scripts, and the server's time."""

    def __init__(self, url: str) -> None:
        pool = BlockingConnectionPool.from_url(
            url,
            max_connections=_CONNECTIONS,
            timeout=_SOCKET_TIMEOUT_S,
            socket_timeout=_SOCKET_TIMEOUT_S,
            socket_connect_timeout=_SOCKET_TIMEOUT_S,
            retry=Retry(NoBackoff(), 0),
            decode_responses=True,
        )
        # Any: redis-py gives every reply the union of all types that any setting could produce.
        self.client: Any = Client(pool)
        self._small = self.script("small")
        self._offset_us: int = 0
        self._synced_at = -_CLOCK_AGE_S

    def script(self, name: str) -> Script:
        """A script of this package, known by its digest and loaded where the server lacks it."""
        text = files(__package__).joinpath("scripts", f"{name}.lua").read_text()
        script: Script = self.client.script(text)
        return script

    async def write_small(self, command: str, key: str, nothing: str, *arguments: str | int) -> None:
        """Make a small write, also while Redis is full; `nothing` is a key of the same slot that is never there."""
        await self._small(keys=[key, nothing], args=[command, *arguments])

    async def now(self) -> Instant:
        """The server's time, from its last answer and our monotonic clock; asked again every ten seconds."""
        local = time.monotonic_ns() // 1000
        if local - self._synced_at * 1_000_000 > _CLOCK_AGE_S * SECOND:
            with translated():
                seconds, micros = await self.client.time()
            answered = time.monotonic_ns() // 1000
            self._offset_us = seconds * SECOND + micros - (local + answered) // 2
            self._synced_at = answered / 1_000_000
            local = answered
        return Instant(local + self._offset_us)

    async def ping(self) -> None:
        """Raise UnavailableError unless Redis answers."""
        with translated():
            await self.client.execute_command("PING")

    async def check(self) -> None:
        """Raise UnavailableError unless Redis answers and takes writes, whatever is wrong with one tenant's part."""
        with translated():
            await self.client.set(keys.HEALTH, "1", px=_HEALTH_MS)

    async def close(self) -> None:
        """Give all connections back."""
        await self.client.aclose(close_connection_pool=True)


@contextmanager
def translated() -> Iterator[None]:
    """Any failure of Redis as UnavailableError: nothing may be lost, so everything is asked again."""
    try:
        yield
    except (RedisError, OSError, TimeoutError) as error:
        raise UnavailableError(f"Redis: {str(error) or type(error).__name__}") from error
    _raise_swallowed_cancellation()


def _raise_swallowed_cancellation() -> None:
    """The client waits with asyncio.wait_for, which on Python 3.11 loses a cancellation that comes as it ends."""
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError


def reached_ms(now: Instant) -> str:
    """The scores that have been reached by now."""
    return str(now // 1000)


def due_ms(instant: Instant) -> str:
    """An instant as a score, rounded up: what is due is never looked at too early."""
    return str(-(-instant // 1000))
