"""A single server of Redis, which has all keys."""

from collections.abc import Sequence
from typing import Any, Final, TypeVar

from redis.asyncio.connection import parse_url
from redis.exceptions import MovedError, NoPermissionError, RedisError

from router.adapters.redis.command import COMMANDS, Command
from router.adapters.redis.server import Server, Work
from router.diagnostic import Diagnostic
from router.errors import ConfigurationError

TIMEOUT_S: Final = 5.0
_MODES: Final = ("redis_mode", "server_mode")
"""What Redis calls it, and what Valkey does."""

T = TypeVar("T")


class Standalone:
    """The server that a URL names."""

    def __init__(self, url: str) -> None:
        self._server = Server(parse_url(url), TIMEOUT_S)

    async def open(self) -> None:
        """Make sure that it is alone. Who may not ask finds out by the first key that another server has.

        Raises:
            ConfigurationError: it is a part of a cluster.
            RedisError: it does not answer.
        """
        [found] = await self._server.execute([COMMANDS.info(section="server")])
        if isinstance(found, NoPermissionError):
            return
        if isinstance(found, Exception):
            raise found
        if any(found.get(name) == "cluster" for name in _MODES):
            raise ConfigurationError(_A_CLUSTER)

    async def execute(self, commands: Sequence[Command]) -> list[Any]:
        """The answer to each command, or the error that it met."""
        try:
            answers = await self._server.execute(commands)
        except (RedisError, OSError, TimeoutError) as error:
            return [error] * len(commands)
        if any(isinstance(one, MovedError) for one in answers):
            raise ConfigurationError(_A_CLUSTER)
        return answers

    async def atomically(self, key: str, work: Work[T]) -> T:  # noqa: ARG002 - there is one place for all keys
        """What the work comes to.

        Raises:
            RedisError: the server did not answer, or with an error.
            ConfigurationError: it is a part of a cluster, and another one has the key.
        """
        try:
            return await self._server.atomically(work)
        except MovedError:
            raise ConfigurationError(_A_CLUSTER) from None

    def parts(self) -> list[str]:
        """One, which has no name."""
        return [""]

    def part_of(self, key: str) -> str:  # noqa: ARG002 - there is one place for all keys
        """The one."""
        return ""

    async def at(self, part: str, command: Command) -> object:  # noqa: ARG002 - there is one place for all keys
        """What it answers, or the error that was met."""
        [answer] = await self.execute([command])
        return answer

    async def close(self) -> None:
        """Give all connections back."""
        await self._server.close()


_A_CLUSTER: Final = Diagnostic(
    "the server of ALERT_ROUTER_REDIS__URL is part of a cluster: set ALERT_ROUTER_REDIS__CLUSTER=true",
    source="ALERT_ROUTER_REDIS__CLUSTER",
)
