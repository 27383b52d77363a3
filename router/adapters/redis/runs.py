"""The runs of the servers, and those that stand in the data: a Redis that came back older has others in it."""

from typing import Final

from router.adapters.redis import keys
from router.adapters.redis.command import COMMANDS
from router.adapters.redis.connection import Connection
from router.core.model.instant import NEVER, Instant
from router.errors import UnavailableError
from router.ports.runs import Noted

_LIFE_S: Final = 86_400
_WHOLE: Final = "whole:"
"""What marks the moment among the runs: an older release takes it for one of them, which does no harm."""


class RedisRuns:
    """The runs of Redis."""

    def __init__(self, connection: Connection) -> None:
        self._redis = connection

    async def current(self) -> dict[str, str]:
        """The run of each server, by the server's name; "" for one that does not answer.

        Raises:
            UnavailableError: none of them answers.
        """
        found = await self._redis.everywhere(COMMANDS.info(section="server"))
        runs = {name: str(one["run_id"]) if isinstance(one, dict) else "" for name, one in found.items()}
        if not any(runs.values()):
            raise next(iter(found.values()), UnavailableError("Redis: no server is known"))
        return runs

    async def noted(self) -> Noted:
        """What was noted within a day."""
        changed_at, *words = (await self._redis.ask(COMMANDS.get(keys.RUNS)) or "0").split()
        whole = [int(word.removeprefix(_WHOLE)) for word in words if word.startswith(_WHOLE)]
        runs = frozenset(word for word in words if not word.startswith(_WHOLE))
        return Noted(runs, Instant(int(changed_at)), Instant(min(whole, default=NEVER)))

    async def note(self, noted: Noted) -> None:
        """Note them for a day."""
        text = " ".join([str(noted.changed_at), *sorted(noted.runs), f"{_WHOLE}{noted.whole_until}"])
        await self._redis.ask(COMMANDS.set(keys.RUNS, text, ex=_LIFE_S))
