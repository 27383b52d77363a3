"""`alert-router access apply|rollback|history|print`: the access document as it is stored."""

import json
from collections.abc import Awaitable, Callable
from enum import StrEnum
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


class _Moment(StrEnum):
    """Whether a version is in force, worded for `version 4 is in force`."""

    NOW = "is"
    PLANNED = "would be"


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

    async def plan(access: AccessDocuments) -> Change:
        return await access.plan(text, str(file))

    work, moment = (plan, _Moment.PLANNED) if dry_run else (_publishing(plan, by), _Moment.NOW)
    (_print_json if as_json else _print)(run_with(open_access, work), moment)


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

    async def plan(access: AccessDocuments) -> Change:
        return await access.plan_rollback(to)

    work, moment = (plan, _Moment.PLANNED) if dry_run else (_publishing(plan, made_by(author, message)), _Moment.NOW)
    (_print_json if as_json else _print)(run_with(open_access, work), moment)


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


def _publishing(plan: Plan, by: Provenance) -> Plan:
    async def work(access: AccessDocuments) -> Change:
        change = await plan(access)
        await access.publish(change, by)
        return change

    return work


def _print(change: Change, moment: _Moment) -> None:
    if change.unchanged:
        typer.echo(f"access document: unchanged, version {change.after} stays in force")
        return
    if change.diff:
        print_diff(change.diff)
    typer.echo(f"access document: version {change.after} {moment} in force: {change.summary}")


def _print_json(change: Change, moment: _Moment) -> None:
    row = {
        "changed": not change.unchanged,
        "stored": moment is _Moment.NOW and not change.unchanged,
        "version": change.after,
        "before": change.before or None,
        "summary": change.summary,
        "diff": change.diff,
    }
    typer.echo(json.dumps(row))
