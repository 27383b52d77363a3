"""`python -m tests.chaos`: exits with 1 when a promise was broken, and prints how to play it again."""

import argparse
import asyncio
import random
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import mkdtemp
from typing import Final

from tests.chaos import report
from tests.chaos.faults import FAULTS
from tests.chaos.faults.fault import Fault
from tests.chaos.run import Run
from tests.chaos.stage import staged

WHOLE_S: Final = 480.0
"""Begins no further fault after that; with its end a run takes at most ten minutes."""
SHORT_S: Final = 120.0


def main() -> None:
    options = _options()
    folder = Path(mkdtemp(prefix="chaos-", dir=options.logs))
    chosen = choose(options.only or [], short=options.short)
    write(f"seed {options.seed}, logs in {folder}")
    run = asyncio.run(play(folder, options.seed, chosen, SHORT_S if options.short else WHOLE_S))
    for line in report.lines(run):
        write(line)
    if report.all_violations(run):
        write(f"to play it again: make chaos{'-smoke' if options.short else ''} SEED={options.seed}")
        sys.exit(1)


def write(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def choose(only: Sequence[str], *, short: bool) -> list[Fault]:
    """The faults by parts of their names, or else all, or those of the short form."""
    if only:
        return [fault for fault in FAULTS if any(part in fault.name for part in only)]
    return [fault for fault in FAULTS if fault.short or not short]


async def play(folder: Path, seed: int, chosen: Sequence[Fault], lasts_s: float) -> Run:
    """Set up the system and let everything happen to it, in an order drawn by the seed."""
    dice = random.Random(f"{seed}:order")
    faults = dice.sample(chosen, len(chosen))
    async with staged(folder, seed) as stage:
        run = Run(stage, seed, end_s=time.time() + lasts_s)
        await run.play(faults, lambda episode: write(report.progress(episode)))
    exits = [(child.name, code) for child in stage.roles.values() for code in child.exits]
    run.violations += [f"{name} exited with {code}" for name, code in exits if code]
    return run


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="chaos", description=__doc__)
    parser.add_argument("--seed", type=int, required=True, help="draws the order and every detail")
    parser.add_argument("--short", action="store_true", help="the form of CI, in three minutes")
    parser.add_argument("--only", action="append", metavar="PART", help="only faults so named, repeatable")
    parser.add_argument("--logs", metavar="DIR", help="where to put the folder with the processes' logs")
    return parser.parse_args()


if __name__ == "__main__":
    main()
