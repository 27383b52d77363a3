"""A bound on the time that one document may take to be validated and compiled, by the thread's own clock.

The other bounds keep every document far below it; this one holds for what they have missed.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

from router.diagnostic import Diagnostic
from router.errors import ConfigurationError

MAX_CPU_S: Final = 5.0
"""CPU seconds for one stored document; the largest that is allowed takes less than one."""

_ends: ContextVar[float | None] = ContextVar("ends", default=None)


@contextmanager
def limited(cpu_s: float) -> Iterator[None]:
    """Let what runs in the block, in this thread, take at most so long."""
    token = _ends.set(time.thread_time() + cpu_s)
    try:
        yield
    finally:
        _ends.reset(token)


def check_time() -> None:
    """End the work of this thread if it has taken too long; nothing outside `limited`.

    Raises:
        ConfigurationError: it has.
    """
    ends = _ends.get()
    if ends is not None and time.thread_time() > ends:
        raise ConfigurationError(Diagnostic("takes too long to compile; shorten it", source="stored configuration"))
