"""A batch of commands over a connection of redis-py: packed by hiredis, and bounded in time as a whole.

redis-py's own pipeline packs in Python, and sets a timer for each answer.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import hiredis
from redis.exceptions import ResponseError

from router.adapters.redis.command import Command

ASKING: Final = hiredis.pack_command(("ASKING",))

Callbacks = Mapping[str, Callable[..., Any]]
"""How redis-py reads the answer to a command, by its name."""

Wire = Any
"""A connection of redis-py, whose type is not public."""


def packed(commands: Sequence[Command], *, asking: bool) -> bytes:
    """The commands as they are sent; `asking` for keys that are being moved there."""
    before = ASKING if asking else b""
    return b"".join(before + hiredis.pack_command((*one.words[0].split(), *one.words[1:])) for one in commands)


async def exchange(wire: Wire, commands: Sequence[Command], callbacks: Callbacks, *, asking: bool) -> list[Any]:
    """The answer to each command, or the server's error.

    Raises:
        RedisError: the server did not answer; any of the commands may have been carried out.
        OSError: the same.
    """
    await wire.send_packed_command(packed(commands, asking=asking), check_health=False)
    answers = []
    for one in commands:
        if asking:
            await _read(wire)
        answers.append(_answer(await _read(wire), one, callbacks))
    return answers


async def _read(wire: Wire) -> object:
    try:
        return await wire.read_response()
    except ResponseError as error:
        return error


def _answer(answer: object, command: Command, callbacks: Callbacks) -> object:
    if isinstance(answer, ResponseError):
        return answer
    callback = callbacks.get(command.words[0])
    return answer if callback is None else callback(answer, **command.options)
