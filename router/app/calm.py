"""Python set up so that neither its garbage collector nor a busy thread stops the event loop for long.

A full collection looks at every object: with a worker's 130,000 it stops everything for some 100 ms, whenever it
falls due. What lives as long as the process, the code and the configurations, is therefore frozen: collections no
longer look at it. What is made later is collected young as ever, and whole each minute, which costs little since it
is little. Frozen objects are freed as soon as nothing refers to them; only circles of them stay, and rules have none.
"""

import asyncio
import gc
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Final, TypeVar

YOUNG: Final = 5_000
"""New objects after which the youngest are collected: below 1 ms. Python's 700 is seven times as often."""

MIDDLE: Final = 10
"""Collections of the youngest after which those that survived one are collected too: a few milliseconds."""

_NEVER: Final = 1_000_000_000
_EVERY_S: Final = 60.0

LONGEST_S: Final = 0.02
"""Seconds that a whole collection may take before what survived it is frozen, so that the next one takes less."""

SWITCH_S: Final = 0.000_5
"""Seconds after which a thread that computes gives way to the event loop; Python's 5 ms add up over the forty steps
of an alert."""

LARGE: Final = 1 << 16
"""Characters of a document whose rules are frozen when they are compiled, before a whole collection meets them."""

T = TypeVar("T")


@asynccontextmanager
async def calm() -> AsyncIterator[None]:
    """Freeze what has been loaded, collect the rest each minute; afterwards all is as it was."""
    thresholds, interval = gc.get_threshold(), sys.getswitchinterval()
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, MIDDLE, _NEVER)
    sys.setswitchinterval(SWITCH_S)
    minutes = _Minutes(asyncio.get_running_loop())
    try:
        yield
    finally:
        minutes.stop()
        gc.set_threshold(*thresholds)
        sys.setswitchinterval(interval)
        gc.unfreeze()


def frozen_if_large(load: Callable[[str, int], T]) -> Callable[[str, int], T]:
    """A loader of documents that freezes what it has made of a large one, in its own thread."""

    def loaded(text: str, version: int) -> T:
        result = load(text, version)
        if len(text) > LARGE:
            gc.collect(1)
            gc.freeze()
        return result

    return loaded


def collect() -> float:
    """Collect everything that is not frozen; the seconds it took."""
    began = time.perf_counter()
    gc.collect()
    took = time.perf_counter() - began
    if took > LONGEST_S:
        gc.freeze()
    return took


class _Minutes:
    """Collects each minute until it is stopped."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._next = loop.call_later(_EVERY_S, self._collect)

    def stop(self) -> None:
        """Collect no more."""
        self._next.cancel()

    def _collect(self) -> None:
        collect()
        self._next = self._loop.call_later(_EVERY_S, self._collect)
