"""What a load costs while it is worked off, between a tenth and nine tenths of it: start and end are left out."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bench.machine import TICKS, usage
from bench.processes import BenchError

Progress = Callable[[], Awaitable[int]]
"""How much is done."""
_LOOK_S: Final = 0.02
_FROM: Final = 0.1
_TO: Final = 0.9


@dataclass(frozen=True, slots=True)
class Look:
    """A moment: seconds, how much was done, and the CPU seconds of each process."""

    at_s: float
    done: int
    cpu_s: Mapping[str, float]


async def watch(pids: Mapping[str, int], count: int, progress: Progress, patience_s: float = 120) -> Sequence[Look]:
    """Look again and again until so much is done.

    Raises:
        BenchError: it is not in time.
    """
    looks = [_look(pids, await progress())]
    give_up_at = looks[0].at_s + patience_s
    while looks[-1].done < count:
        if looks[-1].at_s > give_up_at:
            raise BenchError(f"{looks[-1].done} of {count} after {patience_s:.0f} s")
        await asyncio.sleep(_LOOK_S)
        looks.append(_look(pids, await progress()))
    return looks


def middle(looks: Sequence[Look], count: int) -> dict[str, float]:
    """How much was done a second, each process' microseconds of CPU for one, and how many cores worked."""
    first = next(at for at, one in enumerate(looks) if one.done >= _FROM * count)
    last = next(at for at, one in enumerate(looks) if one.done >= _TO * count)
    if looks[last].done == looks[first].done or last == first:
        first, last = 0, len(looks) - 1
    begin, end = looks[first], looks[last]
    done, took_s = end.done - begin.done, end.at_s - begin.at_s
    costs = {f"{name} us": (end.cpu_s[name] - begin.cpu_s[name]) / done * 1e6 for name in end.cpu_s if name != BUSY}
    busy = (end.cpu_s[BUSY] - begin.cpu_s[BUSY]) / took_s if BUSY in end.cpu_s else 0.0
    return {"per s": done / took_s, **costs, "cores busy": busy}


BUSY: Final = "machine"


def _look(pids: Mapping[str, int], done: int) -> Look:
    return Look(time.monotonic(), done, {**{name: usage(pid).cpu_s for name, pid in pids.items()}, BUSY: _busy_s()})


def _busy_s() -> float:
    """CPU seconds of all processes of the machine, see proc(5)."""
    user, nice, system, _idle, _wait, irq, soft, *_ = map(
        int, Path("/proc/stat").read_text(encoding="ascii").splitlines()[0].split()[1:]
    )
    return (user + nice + system + irq + soft) / TICKS
