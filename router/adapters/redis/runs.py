"""The runs of the servers, and those that stand in the data: a Redis that came back older has others in it."""

from typing import Final

from router.adapters.redis import keys
from router.adapters.redis.command import COMMANDS
from router.adapters.redis.connection import Connection

_LIFE_S: Final = 86_400


class RedisRuns:
    """The runs of Redis."""

    def __init__(self, connection: Connection) -> None:
        self._redis = connection

    async def current(self) -> frozenset[str]:
        """The runs of the servers that answer."""
        found = await self._redis.everywhere(COMMANDS.info(section="server"))
        return frozenset(str(one["run_id"]) for one in found.values() if isinstance(one, dict))

    async def noted(self) -> frozenset[str]:
        """The runs that were noted within a day."""
        return frozenset((await self._redis.ask(COMMANDS.get(keys.RUNS)) or "").split())

    async def note(self, runs: frozenset[str]) -> None:
        """Note the runs for a day."""
        await self._redis.ask(COMMANDS.set(keys.RUNS, " ".join(sorted(runs)), ex=_LIFE_S))
