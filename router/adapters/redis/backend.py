"""Who carries commands out: a single server, or the servers of a cluster."""

from collections.abc import Sequence
from typing import Any, Protocol, TypeVar

from router.adapters.redis.command import Command
from router.adapters.redis.server import Work

T = TypeVar("T")


class Backend(Protocol):
    """One or more servers; errors are redis-py's."""

    async def open(self) -> None:
        """Find out who there is.

        Raises:
            ConfigurationError: not what the settings call it.
            RedisError: nobody answers.
        """

    async def execute(self, commands: Sequence[Command]) -> list[Any]:
        """The answer to each command, or the error that it met."""

    async def atomically(self, key: str, work: Work[T]) -> T:
        """What the work comes to, where the key is."""

    def parts(self) -> list[str]:
        """The names of the servers that have keys; a single server's is ""."""

    def part_of(self, key: str) -> str:
        """The name of the server that has a key."""

    async def at(self, part: str, command: Command) -> object:
        """What this server answers, or the error that was met."""

    async def close(self) -> None:
        """Give all connections back."""
