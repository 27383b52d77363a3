"""What something costs of the processor, as little changed as can be by whoever else uses the machine."""

import gc
import time
from collections.abc import Callable
from typing import TypeAlias

Work: TypeAlias = Callable[[], object]


def cpu_seconds(work: Work, times: int = 5) -> float:
    """CPU seconds of this thread, the least of so many runs; no garbage is collected meanwhile."""
    gc.collect()
    gc.disable()
    try:
        return min(_once(work) for _ in range(times))
    finally:
        gc.enable()


def times_as_dear(dear: Work, cheap: Work, rounds: int = 9) -> float:
    """How many times the CPU of the second the first takes: the least of each, run in turn on the same machine."""
    pairs = [(cpu_seconds(dear, 2), cpu_seconds(cheap, 2)) for _ in range(rounds)]
    return min(first for first, _ in pairs) / min(second for _, second in pairs)


def _once(work: Work) -> float:
    began = time.thread_time()
    work()
    return time.thread_time() - began
