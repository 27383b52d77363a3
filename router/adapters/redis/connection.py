"""The connection to Redis, a single server or a cluster, its clock, and its errors as ours.

Commands are never resent by the client: a lost reply may be a stored write, and only the caller knows whether asking
again is harmless. Every command is bounded in time.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final, TypeVar

from redis.exceptions import AuthenticationError, RedisError, WatchError

from router.adapters.redis import keys
from router.adapters.redis.backend import Backend
from router.adapters.redis.cluster import Cluster
from router.adapters.redis.command import COMMANDS, Command
from router.adapters.redis.forbidden import Forbidden
from router.adapters.redis.server import Work
from router.adapters.redis.standalone import Standalone
from router.core.model.instant import MILLISECOND, NEVER, SECOND, Instant
from router.diagnostic import Diagnostic
from router.errors import ConfigurationError, UnavailableError

_CLOCK_AGE_S: Final = 10.0
_HEALTH_MS: Final = 1_000
_SCAN_BATCH: Final = 1_000
_UNKNOWN: Final = ("WRONGPASS", "NOAUTH", "invalid username-password", "Authentication required")
"""How a server begins that does not know who we are."""

T = TypeVar("T")


class Connection:
    """Commands alone and in batches, transactions, and the server's time."""

    def __init__(self, url: str, *, cluster: bool = False) -> None:
        self._backend: Backend = Cluster(url) if cluster else Standalone(url)
        self._forbidden = Forbidden()
        self._is_open = False
        self._offset_us: int = 0
        self._synced_at = -_CLOCK_AGE_S

    async def execute(self, commands: Sequence[Command]) -> list[Any]:
        """The answer to each command or an UnavailableError; one round trip to each server that has any of the keys.

        Commands at one key are carried out in their order; apart from that, in any order.

        Raises:
            UnavailableError: nobody answers.
            ConfigurationError: Redis is not what the settings call it.
        """
        if not commands:
            return []
        with translated():
            await self._open()
            answers = await self._backend.execute(commands)
        self._forbidden.look_at(commands, answers)
        return [_unavailable(one) if isinstance(one, Exception) else one for one in answers]

    async def answered(self, commands: Sequence[Command]) -> list[Any]:
        """As `execute`, for what concerns many tenants.

        Raises:
            UnavailableError: none of them was answered.
        """
        answers = await self.execute(commands)
        if answers and all(isinstance(one, UnavailableError) for one in answers):
            raise answers[0]
        return answers

    async def ask_all(self, commands: Sequence[Command]) -> list[Any]:
        """The answer to each command.

        Raises:
            UnavailableError: one of them was not answered; the others were carried out all the same.
        """
        answers = await self.execute(commands)
        for one in answers:
            if isinstance(one, UnavailableError):
                raise one
        return answers

    # Any: redis-py gives every reply the union of all types that any setting could produce.
    async def ask(self, command: Command) -> Any:  # noqa: ANN401
        """The answer to a command.

        Raises:
            UnavailableError: it was not answered.
        """
        [answer] = await self.ask_all([command])
        return answer

    async def atomically(self, key: str, work: Work[T]) -> T:
        """What the work comes to, which may watch, read and write keys of the slot of this key.

        Raises:
            WatchError: what it watched was changed meanwhile; nothing was written.
            UnavailableError: Redis did not answer.
        """
        with translated():
            await self._open()
            return await self._backend.atomically(key, work)

    async def scan(self, pattern: str, batch: int = _SCAN_BATCH) -> AsyncIterator[list[str]]:
        """Keys of one slot by a pattern that names it in braces, some at a time; a key may come twice."""
        await self._open_translated()
        async for found in self._scan_at(self._backend.part_of(pattern), pattern, batch):
            yield found

    async def scan_everywhere(self, pattern: str) -> AsyncIterator[list[str]]:
        """Keys by a pattern, some at a time; a key may come twice."""
        await self._open_translated()
        for part in self._backend.parts():
            async for found in self._scan_at(part, pattern, _SCAN_BATCH):
                yield found

    async def now(self) -> Instant:
        """The server's time, from its last answer and our monotonic clock; asked again every ten seconds.

        In a cluster it is the time of the server that has the index, else of any that answers.
        """
        local = time.monotonic_ns() // 1000
        if local - self._synced_at * 1_000_000 > _CLOCK_AGE_S * SECOND:
            shared = await self.read()
            answered = time.monotonic_ns() // 1000
            self._offset_us = shared - (local + answered) // 2
            self._synced_at = answered / 1_000_000
            local = answered
        return Instant(local + self._offset_us)

    async def ping(self) -> None:
        """Raise UnavailableError unless Redis answers for what all tenants share."""
        await self.ask(COMMANDS.exists(keys.HEALTH))

    async def greet(self) -> None:
        """As `ping`, for a start: what waiting does not help is an error of the settings.

        Raises:
            UnavailableError: Redis does not answer.
            ConfigurationError: it does not know our name or password.
        """
        try:
            await self.ping()
        except UnavailableError as error:
            if isinstance(error.__cause__, AuthenticationError) or str(error.__cause__).startswith(_UNKNOWN):
                raise ConfigurationError(Diagnostic(str(error), source="ALERT_ROUTER_REDIS__URL")) from error
            raise

    async def check(self) -> None:
        """Raise UnavailableError unless Redis answers and takes writes, whatever is wrong with one tenant's part."""
        await self.ask(COMMANDS.set(keys.HEALTH, "1", px=_HEALTH_MS))

    async def everywhere(self, command: Command) -> dict[str, Any]:
        """What each server answers, or an UnavailableError; a single server's name is ""."""
        await self._open_translated()
        parts = self._backend.parts()
        answers = await asyncio.gather(*(self._backend.at(one, command) for one in parts))
        pairs = zip(parts, answers, strict=True)
        return {part: _unavailable(one) if isinstance(one, Exception) else one for part, one in pairs}

    def part_of(self, key: str) -> str:
        """The server that has a key."""
        return self._backend.part_of(key)

    async def close(self) -> None:
        """Give all connections back."""
        await self._backend.close()

    async def _open(self) -> None:
        if not self._is_open:
            await self._backend.open()
            self._is_open = True

    async def _open_translated(self) -> None:
        with translated():
            await self._open()

    async def read(self) -> Instant:
        """The server's time, asked for now.

        Raises:
            UnavailableError: no server answers.
        """
        await self._open_translated()
        first, failure = self._backend.part_of(keys.TURNS), UnavailableError("Redis: no server is known")
        for part in dict.fromkeys([first, *self._backend.parts()]):
            with translated():
                answer: Any = await self._backend.at(part, COMMANDS.time())
            if not isinstance(answer, Exception):
                return Instant(int(answer[0]) * SECOND + int(answer[1]))
            failure = _unavailable(answer)
        raise failure

    async def _scan_at(self, part: str, pattern: str, batch: int) -> AsyncIterator[list[str]]:
        cursor = 0
        while True:
            with translated():
                answer: Any = await self._backend.at(part, COMMANDS.scan(cursor, match=pattern, count=batch))
            if isinstance(answer, Exception):
                raise _unavailable(answer)
            cursor, found = answer
            if found:
                yield found
            if not cursor:
                return


@contextmanager
def translated() -> Iterator[None]:
    """Any failure of Redis as UnavailableError: nothing may be lost, so everything is asked again."""
    try:
        yield
    except WatchError:
        raise
    except (RedisError, OSError, TimeoutError) as error:
        raise _unavailable(error) from error
    _raise_swallowed_cancellation()


def _unavailable(error: Exception) -> UnavailableError:
    silent = "no answer in time" if isinstance(error, TimeoutError) else type(error).__name__
    found = UnavailableError(f"Redis: {str(error) or silent}")
    found.__cause__ = error
    return found


def _raise_swallowed_cancellation() -> None:
    """The client waits with asyncio.wait_for, which on Python 3.11 loses a cancellation that comes as it ends."""
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError


def reached_ms(now: Instant) -> str:
    """The scores that have been reached by now."""
    return str(now // 1000)


def due_at(score: str | float) -> Instant:
    """The instant of a score; NEVER where there is none."""
    return NEVER if score == "" else Instant(int(score) * MILLISECOND)


def due_ms(instant: Instant) -> str:
    """An instant as a score, rounded up: what is due is never looked at too early."""
    return str(-(-instant // 1000))
