"""`python -m bench`: run scenarios, print a table of each, exit with 1 when something is not as expected."""

import argparse
import asyncio
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import replace
from functools import partial
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

from bench import comparison
from bench.compared import table as compared_table
from bench.comparison import Compared, Comparison
from bench.documents import Document
from bench.figures import Pooled, Sample
from bench.processes import BenchError
from bench.report import Finding, as_json, table
from bench.scenario import ALONE, FULL, SMOKE, Scenario, Size
from bench.scenarios import applying, hanging, loud, memory, records, siblings
from bench.speed.running import COMPARISONS
from bench.speed.running import run as running_comparisons
from bench.system import System, running

SCENARIOS = {
    one.name: one
    for one in (
        applying.SCENARIO,
        siblings.SCENARIO,
        hanging.SCENARIO,
        loud.SCENARIO,
        memory.SCENARIO,
        *records.SCENARIOS,
    )
}
"""In the order in which they disturb those after them least."""


Started = Callable[[], AbstractAsyncContextManager[System]]
"""A system to measure in."""


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code."""
    options = _parser().parse_args(arguments)
    size = SMOKE if options.smoke else replace(FULL, rounds=options.rounds, seconds=options.seconds)
    amount = comparison.SMOKE if options.smoke else _amount(options)
    names = options.scenarios or [*SCENARIOS, *COMPARISONS]
    try:
        findings = asyncio.run(_run([SCENARIOS[name] for name in names if name in SCENARIOS], size))
        compared = asyncio.run(_compare([COMPARISONS[name] for name in names if name in COMPARISONS], amount))
    except BenchError as error:
        sys.stderr.write(f"error: {error}\n")
        return 1
    if options.json is not None:
        options.json.write_text(as_json(findings, size, compared, amount), encoding="utf-8")
    return 0 if all(one.holds for one in findings) and all(one.holds for one in compared) else 1


def _amount(options: argparse.Namespace) -> comparison.Amount:
    return replace(comparison.FULL, rounds=options.comparison_rounds, scale=options.scale)


async def _run(scenarios: Sequence[Scenario], size: Size) -> list[Finding]:
    found = []
    async for one in _findings(scenarios, size):
        _print(table(one))
        found.append(one)
    return found


async def _compare(chosen: Sequence[Comparison], amount: comparison.Amount) -> list[Compared]:
    found = []
    with TemporaryDirectory(prefix="bench-") as folder:
        async for one in running_comparisons(chosen, amount, Path(folder)):
            _print(compared_table(one))
            found.append(one)
    return found


def _print(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


async def _findings(scenarios: Sequence[Scenario], size: Size) -> AsyncIterator[Finding]:
    """Each round has a system of its own, since a Tansu with a long log answers late.

    Small ones share one, and the yardstick that they begin with.
    """
    with TemporaryDirectory(prefix="bench-") as logs:
        if size is SMOKE and scenarios:
            documents = {str(tenant["tenant"]): tenant for one in scenarios for tenant in one.documents}
            async with running(Path(logs) / "smoke", documents.values()) as system:
                alone: Pooled | None = None
                for one in scenarios:
                    finding = await _measure(one, partial(_the_same, system), size, alone)
                    alone = finding.conditions[ALONE].without_costs()
                    yield finding
        else:
            folders = (Path(logs) / str(number) for number in count())
            for one in scenarios:
                yield await _measure(one, partial(_started, folders, one.documents), size, None)


def _the_same(system: System) -> AbstractAsyncContextManager[System]:
    return nullcontext(system)


def _started(folders: Iterator[Path], documents: Sequence[Document]) -> AbstractAsyncContextManager[System]:
    return running(next(folders), documents)


async def _measure(scenario: Scenario, started: Started, size: Size, alone: Pooled | None) -> Finding:
    rounds: dict[str, list[Sample]] = {name: [] for name in scenario.conditions}
    if alone is not None and ALONE not in scenario.costs:
        del rounds[ALONE]
    for _ in range(size.rounds):
        for name, samples in rounds.items():
            async with started() as system:
                samples.append(await scenario.round(system, name, size))
    measured = {name: Pooled(samples) for name, samples in rounds.items()}
    found = measured if ALONE in measured or alone is None else {ALONE: alone, **measured}
    return Finding(scenario, found, scenario.verdicts(found, size))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument(
        "scenarios",
        nargs="*",
        metavar="SCENARIO",
        help=f"one of {', '.join([*SCENARIOS, *COMPARISONS])}; all when none",
    )
    parser.add_argument("--smoke", action="store_true", help="small sizes with generous bounds, for CI")
    parser.add_argument("--rounds", type=int, default=FULL.rounds, help="at full size (default: %(default)s)")
    parser.add_argument("--seconds", type=float, default=FULL.seconds, help="of a round (default: %(default)s)")
    parser.add_argument(
        "--comparison-rounds", type=int, default=comparison.FULL.rounds, help="(default: %(default)s)"
    )
    parser.add_argument("--scale", type=float, default=1.0, help="of the comparisons' loads (default: %(default)s)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all that was measured")
    return parser


if __name__ == "__main__":
    sys.exit(main())
