"""`python -m tests.hostile`: exits with 1 when an invariant did not hold; prints the seed, and what was judged."""

import argparse
import asyncio
import sys
from pathlib import Path
from tempfile import mkdtemp

from tests.hostile import report
from tests.hostile.judge import End, Round, violations
from tests.hostile.run import Run
from tests.hostile.site import running_site


def main() -> None:
    options = _options()
    folder = Path(mkdtemp(prefix="hostile-", dir=options.logs))
    write(f"seed {options.seed}, logs in {folder}\n{report.HEAD}")
    rounds, end = asyncio.run(play(folder, options.seed, options.seconds))
    for line in report.lines(rounds, end, options.seed):
        write(line)
    sys.exit(1 if violations(rounds, end) else 0)


def write(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


async def play(folder: Path, seed: int, seconds: float) -> tuple[list[Round], End]:
    """Set up the system and let everything happen to it."""
    async with running_site(folder, seed) as site:
        run = Run(site, lambda one: write(report.row(one)))
        end = await run.play(seconds)
        return run.rounds, end


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="hostile", description=__doc__)
    parser.add_argument("--seed", type=int, required=True, help="draws all that is thrown")
    parser.add_argument("--seconds", type=float, default=180.0, help="for how long rounds begin")
    parser.add_argument("--logs", metavar="DIR", help="where to put the folder with the processes' logs")
    return parser.parse_args()


if __name__ == "__main__":
    main()
