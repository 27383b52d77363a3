"""A plan of a folder, and what came of it, as they are printed."""

from collections import Counter
from collections.abc import Sequence
from typing import Final

import typer

from router.cli.terminal import print_diff
from router.control.gitops.applying import Applied, Outcome
from router.control.gitops.plan import Plan, PlannedTenant, Step
from router.diagnostic import one_line

_VERBS: Final = {
    Step.CREATE: "is new",
    Step.CHANGE: "changes",
    Step.UNCHANGED: "is unchanged",
    Step.REMOVE: "is removed, with all that is stored of it",
}
_DONE: Final = {
    Step.CREATE: "is there",
    Step.CHANGE: "is changed",
    Step.REMOVE: "is removed",
}
_NOT: Final = {
    Outcome.MOVED: "has moved, nothing was done",
    Outcome.FAILED: "could not be changed",
    Outcome.NOT_TRIED: "was not tried",
}


def print_plan(plan: Plan) -> None:
    """Print each tenant with what would be done, and how many there are of each."""
    if plan.source.ref:
        typer.echo(f"from {one_line(plan.source.name)} at {one_line(plan.source.ref)}")
    for one in plan.tenants:
        if one.diff:
            print_diff(one.diff)
        typer.echo(_line(one))
    counts = Counter(one.step for one in plan.tenants)
    typer.echo(f"plan: {', '.join(f'{counts[step]} {step}' for step in Step)}")


def print_applied(done: Sequence[Applied]) -> None:
    """Print what was done, and what was not; the latter on stderr."""
    for one in done:
        if one.outcome is Outcome.DONE:
            version = f", version {one.planned.after} is active" if one.planned.after else ""
            typer.echo(f"tenant {one.planned.tenant} {_DONE[one.planned.step]}{version}")
        elif one.outcome in _NOT:
            why = f": {one.problem}" if one.problem else ""
            typer.echo(f"error: tenant {one.planned.tenant} {_NOT[one.outcome]}{why}", err=True)


def plan_json(plan: Plan) -> dict[str, object]:
    """A plan as programs read it."""
    return {**_head(plan), "tenants": [_facts(one) for one in plan.tenants]}


def applied_json(plan: Plan, done: Sequence[Applied]) -> dict[str, object]:
    """The same with what came of each tenant."""
    tenants = [{**_facts(one.planned), "outcome": one.outcome, "problem": one.problem or None} for one in done]
    return {**_head(plan), "tenants": tenants}


def _head(plan: Plan) -> dict[str, object]:
    return {"source": plan.source.name or None, "source_ref": plan.source.ref or None, "changes": plan.changes}


def _facts(one: PlannedTenant) -> dict[str, object]:
    return {
        "tenant": one.tenant,
        "step": one.step,
        "before": one.before or None,
        "version": one.after or None,
        "file": one.file or None,
        "summary": one.summary,
        "moving_messages": one.moving,
        "diff": one.diff,
    }


def _line(one: PlannedTenant) -> str:
    moving = f"; live messages that would move: {one.moving}" if one.moving else ""
    why = f": {one.summary}" if one.step is not Step.UNCHANGED else ""
    version = f", version {one.before} stays active" if one.step is Step.UNCHANGED else ""
    return f"tenant {one.tenant} {_VERBS[one.step]}{version}{why}{moving}"
