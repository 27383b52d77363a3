"""`python -m bench`: run scenarios, print a table of each, exit with 1 when something is not as expected."""

import argparse
import asyncio
import sys
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.figures import Pooled, Sample
from bench.processes import BenchError
from bench.report import Finding, as_json, table
from bench.scenario import FULL, SMOKE, Scenario, Size
from bench.scenarios import hanging, loud
from bench.system import System, running

SCENARIOS = {one.name: one for one in (hanging.SCENARIO, loud.SCENARIO)}


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code."""
    options = _parser().parse_args(arguments)
    size = SMOKE if options.smoke else FULL
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
    """Each scenario has a system of its own; small ones that leave it well share one."""
    shared = [one for one in scenarios if size is SMOKE and not one.own_system]
    with TemporaryDirectory(prefix="bench-") as logs:
        for together in [shared, *([one] for one in scenarios if one not in shared)]:
            documents = {str(tenant["tenant"]): tenant for one in together for tenant in one.documents}
            if documents:
                async with running(Path(logs) / together[0].name, documents.values()) as system:
                    for one in together:
                        yield await _measure(one, system, size)


async def _measure(scenario: Scenario, system: System, size: Size) -> Finding:
    rounds: dict[str, list[Sample]] = {name: [] for name in scenario.conditions}
    for _ in range(size.rounds):
        for name, samples in rounds.items():
            samples.append(await scenario.round(system, name, size))
    found = {name: Pooled(samples) for name, samples in rounds.items()}
    return Finding(scenario, found, scenario.verdicts(found, size))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument(
        "scenarios", nargs="*", metavar="SCENARIO", help=f"one of {', '.join(SCENARIOS)}; all when none"
    )
    parser.add_argument("--smoke", action="store_true", help="small sizes with generous bounds, for CI")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all that was measured")
    return parser


if __name__ == "__main__":
    sys.exit(main())
