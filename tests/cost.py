"""What something costs of the processor, as little changed as can be by whoever else uses the machine."""

import gc
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeAlias

Work: TypeAlias = Callable[[], object]


def cpu_seconds(work: Work, times: int = 5) -> float:
    """CPU seconds of this thread, the least of so many runs; no garbage is collected meanwhile."""
    with _no_collection():
        return _least(work, times)


def times_as_dear(dear: Work, cheap: Work, rounds: int = 9) -> float:
    """How many times the CPU of the second the first takes: the least of each, run in turn on the same machine."""
    with _no_collection():
        pairs = [(_least(dear, 3), _least(cheap, 3)) for _ in range(rounds)]
    return min(first for first, _ in pairs) / min(second for _, second in pairs)


def _least(work: Work, times: int) -> float:
    return min(_once(work) for _ in range(times))


def _once(work: Work) -> float:
    began = time.thread_time()
    work()
    return time.thread_time() - began


@contextmanager
def _no_collection() -> Iterator[None]:
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
