"""What our login may not do: named in the log, since to callers it looks like a server that does not answer."""

from collections.abc import Sequence
from typing import Any, Final

import structlog
from redis.exceptions import NoPermissionError, ResponseError

from router.adapters.redis.command import Command
from router.observe.incident import Incident

_IN_A_SCRIPT: Final = "ACL failure in script"
_REMEDY: Final = "give it the rights of its role in deploy/redis/users.acl"


class Forbidden:
    """Commands that the server refuses to this login, reported at first and once a minute."""

    def __init__(self) -> None:
        self._incident = Incident()
        self._log = structlog.get_logger("router.redis")

    def look_at(self, commands: Sequence[Command], answers: Sequence[Any]) -> None:
        """Report the first of these answers that forbids its command."""
        for command, answer in zip(commands, answers, strict=True):
            if _forbids(answer):
                name = str(command.words[0])
                if self._incident.happens(name):
                    self._log.error("redis_forbids", command=name, error=str(answer), remedy=_REMEDY)
                return


def _forbids(answer: object) -> bool:
    if isinstance(answer, NoPermissionError):
        return True
    return isinstance(answer, ResponseError) and _IN_A_SCRIPT in str(answer)
