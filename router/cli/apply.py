"""`alert-router tenant apply`, `history`, `rollback`: apply, list and roll back configuration versions."""

import json
from collections.abc import Sequence
from typing import Annotated

import typer

from router.app.toolbox import open_tenants
from router.app.validating import new_template_validator
from router.cli.change import MADE, PLANNED, change_json, print_change
from router.cli.options import AsJson, Files, Name
from router.cli.session import run_with, time_json, time_text
from router.cli.terminal import print_columns
from router.cli.validate import print_warnings
from router.config.files import read_files
from router.config.stored import StoredDocument
from router.control.change import Change
from router.control.history import HistoryEntry
from router.control.tenants import TenantControl
from router.core.model.alert import TenantId

DryRun = Annotated[bool, typer.Option("--dry-run", help="Show the changes without storing them.")]

ExitCode = Annotated[bool, typer.Option("--exit-code", help="Exit with 1 if anything changes, as with diff.")]


def apply(files: Files, *, dry_run: DryRun = False, exit_code: ExitCode = False, as_json: AsJson = False) -> None:
    """Store files as the active configurations; nothing is stored unless all are valid.

    Shows for each what changes and how many live messages move. Applying a file that is active already changes
    nothing.

    Example: alert-router tenant apply tenants/
    """
    checked = read_files(files, new_template_validator())
    print_warnings(checked)

    async def work(tenants: TenantControl) -> list[Change]:
        planned = [await tenants.plan(StoredDocument(file.document, file.text), str(file.path)) for file in checked]
        for change in () if dry_run else planned:
            await tenants.publish(change)
        return planned

    changes = run_with(open_tenants, work)
    _print(changes, dry_run=dry_run, as_json=as_json)
    if exit_code and not all(change.unchanged for change in changes):
        raise typer.Exit(1)


def rollback(
    tenant: Name,
    *,
    to: Annotated[int | None, typer.Option(help="The version; by default, the one before the active one.")] = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Make an earlier version the active one again, as a new version.

    A version that this program does not accept as valid any more is refused.

    Example: alert-router tenant rollback acme --to 3
    """

    async def work(tenants: TenantControl) -> Change:
        planned = await tenants.plan_rollback(TenantId(tenant), to)
        if not dry_run:
            await tenants.publish(planned)
        return planned

    _print([run_with(open_tenants, work)], dry_run=dry_run, as_json=as_json)


def history(tenant: Name, *, as_json: AsJson = False) -> None:
    """Print the versions of a tenant's configuration, newest first: when each was applied, and what it changed.

    The last 20 are kept; `tenant show --version` prints one, `tenant rollback` makes one active again.

    Example: alert-router tenant history acme
    """
    entries = run_with(open_tenants, lambda tenants: tenants.history(TenantId(tenant)))
    if as_json:
        typer.echo(json.dumps([_entry_json(one) for one in entries]))
        return
    print_columns(("version", "applied", "state", "summary"), [_row(one) for one in entries])


def _print(changes: Sequence[Change], *, dry_run: bool, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps([change_json(change, stored=not dry_run) for change in changes]))
        return
    for change in changes:
        print_change(change, PLANNED if dry_run else MADE)
    if dry_run:
        typer.echo("nothing was stored", err=True)


def _row(entry: HistoryEntry) -> tuple[str, str, str, str]:
    state = "active" if entry.active else "-"
    return str(entry.version), time_text(entry.applied_at), state, entry.summary


def _entry_json(entry: HistoryEntry) -> dict[str, object]:
    return {
        "version": entry.version,
        "applied_at": time_json(entry.applied_at),
        "active": entry.active,
        "summary": entry.summary,
    }
