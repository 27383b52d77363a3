"""Print a change of a tenant's configuration: what it changes, and the live messages that move."""

from typing import Final, NamedTuple

import typer

from router.cli.terminal import print_diff
from router.control.change import Change


class Tense(NamedTuple):
    """The verbs for a change that is planned, or made."""

    active: str
    move: str


PLANNED: Final = Tense("would be active", "would move")
MADE: Final = Tense("is active", "move")


def print_change(change: Change, tense: Tense) -> None:
    """Print the diff, and one line that summarizes it."""
    if change.unchanged:
        typer.echo(f"tenant {change.tenant}: unchanged, version {change.after} stays active")
        return
    for key in change.lowered:
        _warn(change, key)
    if change.diff:
        print_diff(change.diff)
    moving = f"; live messages that {tense.move}: {change.moving}" if change.moving else ""
    typer.echo(f"tenant {change.tenant}: version {change.after} {tense.active}: {change.summary}{moving}")


def change_json(change: Change, *, stored: bool) -> dict[str, object]:
    """The change as programs read it; `stored` says whether it was made."""
    return {
        "tenant": change.tenant,
        "changed": not change.unchanged,
        "stored": stored and not change.unchanged,
        "version": change.after,
        "before": change.before or None,
        "summary": change.summary,
        "moving_messages": change.moving,
        "lowered": list(change.lowered),
        "diff": change.diff,
    }


def _warn(change: Change, key: str) -> None:
    """On what gets less than it says."""
    ceiling = "an interval is shorter than" if key == "route" else "is above what"
    typer.echo(
        f"warning: tenant {change.tenant}: {key}: {ceiling} this installation allows; the ceiling holds "
        "(ALERT_ROUTER_CEILINGS__...)",
        err=True,
    )
