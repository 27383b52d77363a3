"""`python -m bench`: run scenarios, print a table of each, exit with 1 when something is not as expected."""

import argparse
import asyncio
import sys
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.figures import Pooled, Sample
from bench.processes import BenchError
from bench.report import Finding, as_json, table
from bench.scenario import ALONE, FULL, SMOKE, Scenario, Size
from bench.scenarios import applying, hanging, loud, memory, records, siblings
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


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code."""
    options = _parser().parse_args(arguments)
    size = SMOKE if options.smoke else replace(FULL, rounds=options.rounds, seconds=options.seconds)
    chosen = [SCENARIOS[name] for name in options.scenarios or SCENARIOS]
    try:
        findings = asyncio.run(_run(chosen, size))
    except BenchError as error:
        sys.stderr.write(f"error: {error}\n")
        return 1
    if options.json is not None:
        options.json.write_text(as_json(findings, size), encoding="utf-8")
    return 0 if all(one.holds for one in findings) else 1


async def _run(scenarios: Sequence[Scenario], size: Size) -> list[Finding]:
    found = []
    async for one in _findings(scenarios, size):
        sys.stdout.write(table(one) + "\n")
        sys.stdout.flush()
        found.append(one)
    return found


async def _findings(scenarios: Sequence[Scenario], size: Size) -> AsyncIterator[Finding]:
    """Each scenario has a system of its own; small ones share one, and the yardstick that they begin with."""
    together = [scenarios] if size is SMOKE else [[one] for one in scenarios]
    with TemporaryDirectory(prefix="bench-") as logs:
        for some in together:
            documents = {str(tenant["tenant"]): tenant for one in some for tenant in one.documents}
            async with running(Path(logs) / some[0].name, documents.values()) as system:
                alone: Pooled | None = None
                for one in some:
                    finding = await _measure(one, system, size, alone)
                    alone = finding.conditions[ALONE].without_costs()
                    yield finding


async def _measure(scenario: Scenario, system: System, size: Size, alone: Pooled | None) -> Finding:
    rounds: dict[str, list[Sample]] = {name: [] for name in scenario.conditions}
    if alone is not None and ALONE not in scenario.costs:
        del rounds[ALONE]
    for _ in range(size.rounds):
        for name, samples in rounds.items():
            samples.append(await scenario.round(system, name, size))
    measured = {name: Pooled(samples) for name, samples in rounds.items()}
    found = measured if ALONE in measured or alone is None else {ALONE: alone, **measured}
    return Finding(scenario, found, scenario.verdicts(found, size))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument(
        "scenarios", nargs="*", metavar="SCENARIO", help=f"one of {', '.join(SCENARIOS)}; all when none"
    )
    parser.add_argument("--smoke", action="store_true", help="small sizes with generous bounds, for CI")
    parser.add_argument("--rounds", type=int, default=FULL.rounds, help="at full size (default: %(default)s)")
    parser.add_argument("--seconds", type=float, default=FULL.seconds, help="of a round (default: %(default)s)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all that was measured")
    return parser


if __name__ == "__main__":
    sys.exit(main())
