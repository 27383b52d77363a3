"""`python -m bench.blast`: faults in one pool beside a tenant of another; exits with 1 where it is felt there."""

import asyncio
import sys
from argparse import ArgumentParser
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.blast.faults import FAULTS, QUIET, nothing
from bench.blast.measured import calm, measure, verdicts
from bench.blast.places import Places, placed
from bench.figures import Pooled, Sample
from bench.processes import BenchError


def main() -> int:
    """The exit code."""
    parser = ArgumentParser(prog="python -m bench.blast", description=__doc__)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=6, help="for which each is measured in a round")
    parser.add_argument("--further", type=int, default=0, help="rounds more at most, as long as one fault is felt")
    options = parser.parse_args()
    try:
        found = asyncio.run(_run(options.rounds, options.further, options.seconds))
    except BenchError as error:
        sys.stderr.write(f"error: {error}\n")
        return 1
    each = verdicts(found)
    for one in each:
        sys.stdout.write(f"{'holds' if one.holds else 'FAILS'}: {one.text}\n")
    return 0 if all(one.holds for one in each) else 1


async def _run(rounds: int, further: int, seconds: float) -> dict[str, Pooled]:
    samples: dict[str, list[Sample]] = {QUIET: [], **{name: [] for name in FAULTS}}
    found: dict[str, Pooled] = {}
    with TemporaryDirectory(prefix="blast-") as folder:
        async with placed(Path(folder)) as places:
            await measure(places, 1)  # names of channels are looked up, connections are made
            for number in range(rounds + further):
                if number >= rounds and all(one.holds for one in verdicts(found)):
                    break
                await _round(places, seconds, samples)
                found = {name: Pooled(some) for name, some in samples.items()}
    return found


async def _round(places: Places, seconds: float, samples: dict[str, list[Sample]]) -> None:
    for name, fault in FAULTS.items():
        async with nothing(places):
            samples[QUIET].append(await measure(places, seconds))
        async with fault(places):
            samples[name].append(await measure(places, seconds))
        await calm(places)


if __name__ == "__main__":
    sys.exit(main())
