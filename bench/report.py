"""What was found: a table for people, JSON for programs."""

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from bench.compared import as_data
from bench.comparison import Amount, Compared
from bench.figures import Pooled
from bench.scenario import Scenario, Size, Verdict


@dataclass(frozen=True, slots=True)
class Finding:
    """All figures of a scenario, and what holds of them."""

    scenario: Scenario
    conditions: Mapping[str, Pooled]
    verdicts: list[Verdict]

    @property
    def holds(self) -> bool:
        """Whether all is as expected."""
        return all(one.holds for one in self.verdicts)


def table(finding: Finding) -> str:
    """A few lines for people: milliseconds from accepted to shown, shares of a core in percent."""
    head = f"{finding.scenario.name}: {finding.scenario.title}"
    columns = f"  {'':<28}{'n':>6}{'p50':>8}{'p90':>8}{'p99':>8}{'(rounds)':>16}{'max':>8}{'others/s':>10}  CPU %"
    lines = [_line(name, pooled) for name, pooled in finding.conditions.items()]
    verdicts = [f"  {'holds' if one.holds else 'FAILS'}: {one.text}" for one in finding.verdicts]
    return "\n".join([head, columns, *lines, *verdicts])


def as_json(findings: Iterable[Finding], size: Size, compared: Iterable[Compared], amount: Amount) -> str:
    """Everything that was measured, latencies of scenarios in seconds."""
    found = {
        "size": asdict(size),
        "scenarios": [_finding(one) for one in findings],
        "amount": asdict(amount),
        "comparisons": [as_data(one) for one in compared],
    }
    return json.dumps(found, indent=1)


def _line(name: str, pooled: Pooled) -> str:
    low, high = pooled.spread(0.99)
    figures = "".join(f"{_ms(pooled.at(share)):>8}" for share in (0.5, 0.9, 0.99))
    cpu = " ".join(f"{process} {share * 100:.0f}" for process, share in pooled.cpu().items())
    cost = f"  {pooled.cost_us:.0f} us an alert" if pooled.cost_us is not None else ""
    count = len(pooled.latencies) + pooled.missing
    rounds = f"{_ms(low)}-{_ms(high)}"
    others = f"{_ms(pooled.at(1)):>8}{pooled.others_per_s:>10.0f}"
    return f"  {name:<28}{count:>6}{figures}{rounds:>16}{others}  {cpu}{cost}"


def _ms(seconds: float) -> str:
    return "never" if math.isinf(seconds) else f"{seconds * 1000:.0f}"


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "name": finding.scenario.name,
        "title": finding.scenario.title,
        "holds": finding.holds,
        "verdicts": [asdict(one) for one in finding.verdicts],
        "conditions": {name: [asdict(one) for one in pooled.rounds] for name, pooled in finding.conditions.items()},
    }
