"""Steps that nobody takes one after another: the last of them ends all."""

import asyncio
from collections.abc import Coroutine, Iterable
from typing import TypeVar

T = TypeVar("T")


async def all_ended(steps: Iterable[Coroutine[object, object, T]]) -> list[T]:
    """What each of them answers, when every one has ended; raises what the first failed one raised."""
    answers = await asyncio.gather(*steps, return_exceptions=True)
    return [_answer(one) for one in answers]


def _answer(found: T | BaseException) -> T:
    if isinstance(found, BaseException):
        raise found
    return found
