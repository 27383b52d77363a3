"""Run CPU-heavy work in a thread, off the event loop."""

import asyncio
from collections.abc import Callable
from typing import Final, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

LARGE: Final = 256 * 1024
"""Bytes of a body from which on it is worked on in a thread: below that the way costs more than it spares."""


async def off_the_loop_if_large(body: bytes, work: Callable[P, T], *args: P.args, **named: P.kwargs) -> T:
    """Do the work on a body in a thread if the body is large; small ones are not worth the way."""
    if len(body) <= LARGE:
        return work(*args, **named)
    return await asyncio.to_thread(work, *args, **named)
