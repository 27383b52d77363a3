"""Run CPU-heavy work in a thread, off the event loop."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Final, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

LARGE: Final = 256 * 1024
"""Bytes of a body from which on it is worked on in a thread: below that the way costs more than it spares."""

_ONE = ThreadPoolExecutor(1, "large-body")
"""One thread for all: while Python runs one at a time, each further one would only take its turns from the loop."""


async def off_the_loop_if_large(body: bytes, work: Callable[P, T], *args: P.args, **named: P.kwargs) -> T:
    """Do the work on a body in a thread if the body is large; small ones are not worth the way."""
    if len(body) <= LARGE:
        return work(*args, **named)
    return await off_the_loop(work, *args, **named)


async def off_the_loop(work: Callable[P, T], *args: P.args, **named: P.kwargs) -> T:
    """Do the work in the thread for large bodies, one piece after another."""
    return await asyncio.get_running_loop().run_in_executor(_ONE, partial(work, *args, **named))
