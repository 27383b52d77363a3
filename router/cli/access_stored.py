"""`alert-router access apply|rollback|history|print`: the access document as it is stored."""

import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated

import typer

from router.app.clocks import wall_clock
from router.app.offered import open_access
from router.cli.author import Author, Message, made_by
from router.cli.history import VERSION_COLUMNS, origin_text, version_json, version_row
from router.cli.options import AsJson
from router.cli.session import run_with
from router.cli.terminal import print_columns, print_diff
from router.config.files import read_text
from router.control.access.lint import lint_access
from router.control.access.reading import read_access
from router.control.change import Change
from router.control.offered import AccessDocuments
from router.ports.provenance import Provenance

File = Annotated[Path, typer.Argument(help="The access document; - is standard input.", metavar="FILE")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show the change without storing it.")]
Plan = Callable[[AccessDocuments], Awaitable[Change]]


def apply(
    file: File, *, author: Author = None, message: Message = "", dry_run: DryRun = False, as_json: AsJson = False
) -> None:
    """Store an access document as the one that is in force.

    Every process of the control API takes it within a second. A document with a mistake, or after which nobody could
    change it again, is refused, and the one in force stays. A file of `ALERT_ROUTER_CONTROL__ACCESS_FILE` holds
    beside it, whatever is stored.

    Example: alert-router access apply access.yaml --message "globex has its own admins"
    """
    text, by = read_text(file), made_by(author, message, str(file))
    for doubt in lint_access(read_access(text, str(file)), text, wall_clock()):
        typer.echo(f"warning: {file}: {doubt}", err=True)
    _store(lambda access: access.plan(text, str(file)), by, dry_run, as_json)


def rollback(
    *,
    to: Annotated[int | None, typer.Option(help="The version; by default, the one before.")] = None,
    author: Author = None,
    message: Message = "",
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Make an earlier version of the access document the one in force again.

    It is stored as a new version.

    Example: alert-router access rollback --to 3
    """
    _store(lambda access: access.plan_rollback(to), made_by(author, message), dry_run, as_json)


def history(*, as_json: AsJson = False) -> None:
    """Print the versions of the stored access document, newest first.

    When each was applied, by whom and why, and what it changed.

    Example: alert-router access history
    """
    entries = run_with(open_access, lambda access: access.history())
    if as_json:
        typer.echo(json.dumps([{**version_json(one.kept), "summary": one.summary} for one in entries]))
        return
    print_columns(VERSION_COLUMNS, [version_row(one) for one in entries])


def print_stored(
    *,
    version: Annotated[int | None, typer.Option(help="An earlier version; by default, the one in force.")] = None,
    as_json: AsJson = False,
) -> None:
    """Print the stored access document, as it was applied.

    Who applied it and why stands on stderr.

    Example: alert-router access print --version 3
    """
    kept = run_with(open_access, lambda access: access.show(version))
    if as_json:
        typer.echo(json.dumps({**version_json(kept), "source": kept.text}))
        return
    typer.echo(origin_text(kept), err=True)
    typer.echo(kept.text.rstrip("\n"))


def _store(plan: Plan, by: Provenance, dry_run: bool, as_json: bool) -> None:  # noqa: FBT001 - as they were typed
    async def work(access: AccessDocuments) -> Change:
        change = await plan(access)
        if not dry_run:
            await access.publish(change, by)
        return change

    change = run_with(open_access, work)
    if as_json:
        typer.echo(json.dumps(_json(change, stored=not dry_run)))
        return
    if change.unchanged:
        typer.echo(f"access document: unchanged, version {change.after} stays in force")
        return
    if change.diff:
        print_diff(change.diff)
    verb = "would be" if dry_run else "is"
    typer.echo(f"access document: version {change.after} {verb} in force: {change.summary}")


def _json(change: Change, *, stored: bool) -> dict[str, object]:
    return {
        "changed": not change.unchanged,
        "stored": stored and not change.unchanged,
        "version": change.after,
        "before": change.before or None,
        "summary": change.summary,
        "diff": change.diff,
    }
