"""Steps that nobody takes one after another: the last of them ends all."""

import asyncio
from collections.abc import Awaitable, Coroutine, Iterable
from typing import TypeVar

T = TypeVar("T")
U = TypeVar("U")


async def all_ended(steps: Iterable[Awaitable[T]]) -> list[T]:
    """What each of them answers, when every one has ended; raises what the first failed one raised."""
    answers = await asyncio.gather(*steps, return_exceptions=True)
    return [_answer(one) for one in answers]


async def both_ended(first: Coroutine[object, object, T], second: Coroutine[object, object, U]) -> tuple[T, U]:
    """What two steps answer, when both have ended; raises what the first failed one raised."""
    one, other = await asyncio.gather(first, second, return_exceptions=True)
    return _answer(one), _answer(other)


def _answer(found: T | BaseException) -> T:
    if isinstance(found, BaseException):
        raise found
    return found
