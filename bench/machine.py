"""What processes cost: CPU time and memory as the kernel counts them."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

TICKS: Final = os.sysconf("SC_CLK_TCK")
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
    except OSError:
        return Usage(0.0, 0)
    return Usage((int(fields[11]) + int(fields[12])) / TICKS, int(fields[21]) * _PAGE)


def shares(before: Mapping[str, Usage], after: Mapping[str, Usage], seconds: float) -> dict[str, float]:
    """The share of one core that each process took between two looks."""
    return {name: max(0.0, after[name].cpu_s - before[name].cpu_s) / seconds for name in after if name in before}
