"""Commands as values: what is asked, and the key that decides which server is asked.

`COMMANDS` makes them by redis-py's own signatures: `COMMANDS.hget(key, field)`. A batch of them is unordered, except
that commands at one key are carried out in their order.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any, Final

from redis.commands import AsyncCoreCommands


@dataclass(frozen=True, slots=True)
class Command:
    """The words as they are sent, and how redis-py is to read the answer; `script` is the text behind a digest."""

    words: tuple[Any, ...]
    key: str
    options: Mapping[str, Any] = field(default_factory=dict)
    script: str = ""


class _Commands(AsyncCoreCommands):
    """Every command of redis-py, made instead of sent."""

    _event_dispatcher = None  # type: ignore[assignment]  # it would hear of what is sent

    def execute_command(self, *words: Any, **options: Any) -> Command:  # noqa: ANN401 - as redis-py
        return Command(words, str(words[1]) if len(words) > 1 else "", options)


# Any: redis-py types what it would return if it sent them.
COMMANDS: Final[Any] = _Commands()


def small(command: str, key: str, nothing: str, *arguments: str | int) -> Command:
    """A small write, made also while Redis is full; `nothing` is a key of the same slot that is never there."""
    return _SMALL.on([key, nothing], [command, *arguments])


class Script:
    """A script of this package, sent as its digest; a server that lacks it gets its text."""

    def __init__(self, name: str) -> None:
        self._text = files(__package__).joinpath("scripts", f"{name}.lua").read_text()
        self._digest = hashlib.sha1(self._text.encode(), usedforsecurity=False).hexdigest()

    def on(self, keys: Sequence[str], arguments: Sequence[str | int]) -> Command:
        """The script at these keys, which are all of one slot."""
        words = ("EVALSHA", self._digest, len(keys), *keys, *arguments)
        return Command(words, keys[0], script=self._text)


_SMALL: Final = Script("small")
