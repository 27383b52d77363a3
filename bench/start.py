"""`python -m bench.start`: the CPU time until a command has answered, beside Python that does nothing."""

import resource
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from bench.documents import document, write

REPEATS: Final = 10


def least_cpu_s(commands: Sequence[Sequence[str]], repeats: int = REPEATS) -> list[float]:
    """Of each command the least seconds of CPU; all of them in every repeat."""
    rounds = [[_cpu_s(command) for command in commands] for _ in range(repeats)]
    return [min(each) for each in zip(*rounds, strict=True)]


def _cpu_s(command: Sequence[str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """Print a table."""
    with TemporaryDirectory(prefix="start-") as folder:
        write(Path(folder), [document("acme")])
        program = [sys.executable, "-m", "router"]
        commands = {
            "python -c pass": [sys.executable, "-c", "pass"],
            "alert-router --help": [*program, "--help"],
            "alert-router tenant validate": [*program, "tenant", "validate", folder],
        }
        times = least_cpu_s(list(commands.values()))
    for name, seconds in zip(commands, times, strict=True):
        sys.stdout.write(f"{name:30}{seconds:7.3f} s{seconds / times[0]:7.1f} x\n")


if __name__ == "__main__":
    main()
