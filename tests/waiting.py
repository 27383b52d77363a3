"""How tests wait: for what they expect, not for time to pass."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from typing import TypeVar, cast, overload

T = TypeVar("T")


@overload
async def eventually(look: Callable[[], Awaitable[T]], *, within_s: float = ..., every_s: float = ...) -> T: ...


@overload
async def eventually(look: Callable[[], T], *, within_s: float = ..., every_s: float = ...) -> T: ...


async def eventually(
    look: Callable[[], Awaitable[T]] | Callable[[], T], *, within_s: float = 10.0, every_s: float = 0.02
) -> T:
    """The first true thing that looking gives; fails with the last one seen when it takes too long."""
    loop = asyncio.get_running_loop()
    give_up_at = loop.time() + within_s
    while True:
        seen = look()
        found = cast("T", await seen if inspect.isawaitable(seen) else seen)
        if found:
            return found
        if loop.time() > give_up_at:
            raise AssertionError(f"not within {within_s} s; last seen: {found!r}")
        await asyncio.sleep(every_s)
