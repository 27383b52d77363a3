"""What a comparison found: a table for people, plain data for JSON."""

from statistics import median
from typing import Any

from bench.comparison import Compared, Goal, Side


def table(found: Compared) -> str:
    """The medians and the spread of every figure, a line a contender; then each goal beside what was seen."""
    comparison, counted = found.comparison, f"{len(found.rounds)} rounds, {found.repeated} not used"
    lines = [f"{comparison.name}: {comparison.title} ({counted})"]
    for contender in found.rounds[0]:
        lines += [
            f"  {contender}",
            *(f"    {name:<16}{_spread(all_)}" for name, all_ in found.figures(contender).items()),
        ]
    return "\n".join([*lines, *(_goal(found, one) for one in comparison.goals)])


def as_data(found: Compared) -> dict[str, Any]:
    """Everything that was measured."""
    return {
        "name": found.comparison.name,
        "title": found.comparison.title,
        "holds": found.holds,
        "rounds": found.rounds,
        "rounds_not_used": found.repeated,
        "goals": [_as_data(found, one) for one in found.comparison.goals],
    }


def _as_data(found: Compared, goal: Goal) -> dict[str, Any]:
    ratios = found.ratios(goal)
    return {
        "figure": goal.figure,
        "of": goal.of,
        "against": goal.against,
        "side": goal.side,
        "goal": goal.bound,
        "guard": goal.guard,
        "ratios": ratios,
        "reached": bool(ratios) and goal.holds(median(ratios), goal.bound),
    }


def _goal(found: Compared, goal: Goal) -> str:
    ratios = found.ratios(goal)
    what = f"{goal.of}: {goal.figure} against {goal.against}"
    if not ratios:
        return f"  {what}: not measured"
    ratio = median(ratios)
    verdict = "reached" if goal.holds(ratio, goal.bound) else "behind"
    guard = "holds" if found.guarded(goal) else "FAILS"
    return (
        f"  {guard}: {what} {_spread(ratios)}; goal {_side(goal)} {goal.bound:.3g}: {verdict}; guard {goal.guard:.3g}"
    )


def _side(goal: Goal) -> str:
    return ">=" if goal.side is Side.AT_LEAST else "<="


def _spread(values: list[float]) -> str:
    return f"{_short(median(values))} ({_short(min(values))}-{_short(max(values))})"


def _short(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
