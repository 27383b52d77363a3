"""How long processes were ready to run and had no core: what is late then was made late by the machine."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

_NANOSECONDS: Final = 1e9


def waited(pid: int) -> float:
    """Seconds that the main thread of a process has stood in a core's queue so far; 0 where it has ended.

    The main thread is that of the event loop; see Documentation/scheduler/sched-stats in the kernel.
    """
    try:
        _running, waiting, _slices = Path(f"/proc/{pid}/schedstat").read_text(encoding="ascii").split()
    except (OSError, ValueError):
        return 0.0
    return int(waiting) / _NANOSECONDS


def shares(before: Mapping[str, float], after: Mapping[str, float], seconds: float) -> dict[str, float]:
    """Of each role the share of this time in which it had no core."""
    return {name: max(0.0, after[name] - before[name]) / seconds for name in before}
