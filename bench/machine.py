"""What processes cost: CPU time and memory as the kernel counts them."""

import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

TICKS: Final = os.sysconf("SC_CLK_TCK")
_SCHEDULED: Final = 2
_PAGE: Final = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True, slots=True)
class Usage:
    """CPU time so far, in seconds, and memory now, in bytes."""

    cpu_s: float
    memory: int


def usage(pid: int) -> Usage:
    """What a process has used; nothing where it has ended."""
    try:
        # After the name in brackets, which may hold anything: the state, then numbers. See proc(5).
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        return Usage(time.clock_gettime(_clock_of(pid)), int(fields[21]) * _PAGE)
    except OSError:
        return Usage(0.0, 0)


def _clock_of(pid: int) -> int:
    """The clock of all threads of a process, to the nanosecond, as clock_getcpuclockid(3) makes its number.

    The times in `stat` are in ticks of 10 ms, more than a small load costs altogether; `schedstat` is one thread's.
    """
    return (~pid << 3) | _SCHEDULED


def shares(before: Mapping[str, Usage], after: Mapping[str, Usage], seconds: float) -> dict[str, float]:
    """The share of one core that each process took between two looks."""
    return {name: max(0.0, after[name].cpu_s - before[name].cpu_s) / seconds for name in after if name in before}
