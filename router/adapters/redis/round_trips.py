"""Round trips to Redis, shared by whoever asks at the same time.

Commands wait for the next round trip while one is under way, and go together. So many tasks that each take one step
after another cost few round trips, and a step of one of them is never longer than two. What is asked at the same time
is carried out in any order: what must come after something else is asked after that was answered.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from router.adapters.redis.command import Command

TOGETHER: Final = 1_000
"""Commands in one round trip; one caller's commands are never parted."""
AT_ONCE: Final = 2
"""Round trips under way at once, so that a long answer does not hold up all others."""

Answer = Any
"""What redis-py makes of an answer; the exception where the command has failed by itself."""
Send = Callable[[Sequence[Command]], Awaitable[Sequence[Answer]]]
"""One round trip: an answer for each command; raises if the connection fails, and then nobody knows what was done."""


@dataclass(frozen=True, slots=True)
class _Asked:
    commands: Sequence[Command]
    answers: asyncio.Future[list[Answer]]


class RoundTrips:
    """Sends what is asked, in the order of asking."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._asked: deque[_Asked] = deque()
        self._under_way: set[asyncio.Task[None] | None] = set()

    async def run(self, commands: Sequence[Command]) -> list[Answer]:
        """An answer for each command, in order; a caller that is cancelled leaves what was sent to itself."""
        asked = _Asked(commands, asyncio.get_running_loop().create_future())
        self._asked.append(asked)
        if len(self._under_way) < AT_ONCE:
            self._under_way.add(asyncio.create_task(self._go()))
        return await asked.answers

    async def _go(self) -> None:
        """Go until nobody waits. It is not under way from that moment on; a done callback would come too late."""
        try:
            await self._go_on()
        finally:
            self._under_way.discard(asyncio.current_task())

    async def _go_on(self) -> None:
        while together := self._next():
            try:
                answers = await self._send([command for one in together for command in one.commands])
            except BaseException as error:
                _fail(together, error)
                if not isinstance(error, Exception):
                    raise
            else:
                _answer(together, answers)

    def _next(self) -> list[_Asked]:
        """Who goes next; who has given up meanwhile does not."""
        together, commands = list[_Asked](), 0
        while self._asked and (not together or commands + len(self._asked[0].commands) <= TOGETHER):
            one = self._asked.popleft()
            if not one.answers.done():
                together.append(one)
                commands += len(one.commands)
        return together


def _answer(together: Sequence[_Asked], answers: Sequence[Answer]) -> None:
    start = 0
    for one in together:
        end = start + len(one.commands)
        if not one.answers.done():
            one.answers.set_result(list(answers[start:end]))
        start = end


def _fail(together: Sequence[_Asked], error: BaseException) -> None:
    for one in together:
        if not one.answers.done():
            if isinstance(error, Exception):
                one.answers.set_exception(error)
            else:
                one.answers.cancel()
