"""`alert-router tenant apply`, `rollback`: apply configurations and roll them back."""

import json
from collections.abc import Sequence
from typing import Annotated

import typer

from router.app.toolbox import open_tenants
from router.app.validating import new_template_validator
from router.cli.author import Author, Message, made_by
from router.cli.change import MADE, PLANNED, change_json, print_change
from router.cli.options import AsJson, Files, Name
from router.cli.session import run_with
from router.cli.validate import print_warnings
from router.config.files import read_files
from router.config.stored import StoredDocument
from router.control.change import Change
from router.control.tenants import TenantControl
from router.core.model.alert import TenantId

DryRun = Annotated[bool, typer.Option("--dry-run", help="Show the changes without storing them.")]

ExitCode = Annotated[bool, typer.Option("--exit-code", help="Exit with 1 if anything changes, as with diff.")]


def apply(
    files: Files,
    *,
    author: Author = None,
    message: Message = "",
    dry_run: DryRun = False,
    exit_code: ExitCode = False,
    as_json: AsJson = False,
) -> None:
    """Store files as the active configurations; nothing is stored unless all are valid.

    Shows for each what changes and how many live messages move. Applying a file that is active already changes
    nothing. Who applied a version and why is kept with it: see `tenant history`.

    Example: alert-router tenant apply tenants/ --message "more channels for acme"
    """
    checked = read_files(files, new_template_validator())
    print_warnings(checked)
    by = made_by(author, message)

    async def work(tenants: TenantControl) -> list[Change]:
        planned = [await tenants.plan(StoredDocument(file.document, file.text), str(file.path)) for file in checked]
        for change in () if dry_run else planned:
            await tenants.publish(change, by)
        return planned

    changes = run_with(open_tenants, work)
    _print(changes, dry_run=dry_run, as_json=as_json)
    if exit_code and not all(change.unchanged for change in changes):
        raise typer.Exit(1)


def rollback(
    tenant: Name,
    *,
    to: Annotated[int | None, typer.Option(help="The version; by default, the one before the active one.")] = None,
    author: Author = None,
    message: Message = "",
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Make an earlier version the active one again, as a new version.

    A version that this program does not accept as valid any more is refused.

    Example: alert-router tenant rollback acme --to 3
    """
    by = made_by(author, message)

    async def work(tenants: TenantControl) -> Change:
        planned = await tenants.plan_rollback(TenantId(tenant), to)
        if not dry_run:
            await tenants.publish(planned, by)
        return planned

    _print([run_with(open_tenants, work)], dry_run=dry_run, as_json=as_json)


def _print(changes: Sequence[Change], *, dry_run: bool, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps([change_json(change, stored=not dry_run) for change in changes]))
        return
    for change in changes:
        print_change(change, PLANNED if dry_run else MADE)
    if dry_run:
        typer.echo("nothing was stored", err=True)
