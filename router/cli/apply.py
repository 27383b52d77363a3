"""`alert-router tenant apply`, `rollback`: apply configurations and roll them back."""

import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Annotated

import typer

from router.app.offered import open_tenants
from router.app.validating import new_template_validator
from router.cli.author import Author, Message, made_by
from router.cli.change import MADE, PLANNED, change_json, print_change
from router.cli.options import PAST, TAKE_OVER, AsJson, Files, NameOrOwn, Own, only_one
from router.cli.rules import read_own_rules
from router.cli.session import run_with, writing
from router.cli.validate import print_warnings
from router.config.files import TenantFile, read_files
from router.config.stored import StoredDocument
from router.control.change import Change
from router.control.offered import Configurations
from router.control.ownership import Claim
from router.control.parts import WrittenRules
from router.core.model.alert import TenantId
from router.ports.provenance import Provenance

Plan = Callable[[Configurations], Awaitable[list[Change]]]

DryRun = Annotated[bool, typer.Option("--dry-run", help="Show the changes without storing them.")]

ExitCode = Annotated[bool, typer.Option("--exit-code", help="Exit with 1 if anything changes, as with diff.")]


def apply(  # noqa: PLR0913 - each is an option
    files: Files,
    *,
    tenant: Annotated[
        str | None,
        typer.Option("--tenant", help="Take one file, with this tenant's own part alone.", metavar="TENANT"),
    ] = None,
    author: Author = None,
    message: Message = "",
    dry_run: DryRun = False,
    exit_code: ExitCode = False,
    take_over: Annotated[bool, typer.Option("--take-over", help=TAKE_OVER)] = False,
    break_glass: Annotated[str, typer.Option("--break-glass", help=PAST, metavar="REASON", show_default=False)] = "",
    as_json: AsJson = False,
) -> None:
    """Store files as the active configurations; nothing is stored unless all are valid.

    Shows for each what changes and how many live messages move. Applying a file that is active already changes
    nothing. With --tenant only that tenant's own words are taken: a file of another tenant, or one with `platform`,
    is refused, and the operator's part stays as it is. Who applied a version and why is kept: see `tenant history`.

    Example: alert-router tenant apply tenants/ --message "more channels for acme"
    """
    plan = _plan_all(files) if tenant is None else _plan_rules(files, TenantId(tenant))
    output = Output(dry_run=dry_run, exit_code=exit_code, as_json=as_json, claim=claimed(take_over=take_over))
    store(plan, made_by(author, message), output, break_glass)


def rollback(  # noqa: PLR0913 - each is an option
    tenant: NameOrOwn = None,
    *,
    own: Own = None,
    to: Annotated[int | None, typer.Option(help="The version; by default, the one before the active one.")] = None,
    author: Author = None,
    message: Message = "",
    dry_run: DryRun = False,
    take_over: Annotated[bool, typer.Option("--take-over", help=TAKE_OVER)] = False,
    break_glass: Annotated[str, typer.Option("--break-glass", help=PAST, metavar="REASON", show_default=False)] = "",
    as_json: AsJson = False,
) -> None:
    """Make an earlier version the active one again, as a new version; with --tenant, only the tenant's part.

    By default it is the version before; with --tenant, the newest with another tenant's part. A version that this
    program does not accept as valid any more is refused.

    Example: alert-router tenant rollback acme --to 3
    """
    name = only_one(tenant, own)

    async def plan(tenants: Configurations) -> list[Change]:
        return [await (tenants.plan_rollback if own is None else tenants.plan_rules_rollback)(name, to)]

    output = Output(dry_run=dry_run, as_json=as_json, claim=claimed(take_over=take_over))
    store(plan, made_by(author, message), output, break_glass)


def claimed(*, take_over: bool) -> Claim:
    """What a change claims, as it was typed."""
    return Claim.TAKE_OVER if take_over else Claim.KEEP


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """Whether anything is stored, and how what changes is shown."""

    dry_run: bool = False
    exit_code: bool = False
    as_json: bool = False
    claim: Claim = Claim.KEEP


def store(plan: Plan, by: Provenance, output: Output, past: str = "") -> list[Change]:
    """Plan changes, store them unless it is a dry run, and print them; nothing is stored unless all can be made."""

    async def work(tenants: Configurations) -> list[Change]:
        planned = await plan(tenants)
        for change in () if output.dry_run else planned:
            await tenants.publish(change, by, output.claim)
        return planned

    changes = run_with(writing(open_tenants, past), work)
    _print(changes, dry_run=output.dry_run, as_json=output.as_json)
    if output.exit_code and not all(change.unchanged for change in changes):
        raise typer.Exit(1)
    return changes


def _plan_all(files: Files) -> Plan:
    checked = read_files(files, new_template_validator())
    print_warnings(checked)

    async def plan(tenants: Configurations) -> list[Change]:
        return [await tenants.plan(_content(file), str(file.path)) for file in checked]

    return plan


def _content(file: TenantFile) -> StoredDocument:
    return StoredDocument(file.document, file.text)


def _plan_rules(files: Files, tenant: TenantId) -> Plan:
    written, file = read_own_rules(files, tenant)
    print_warnings([file])

    async def plan(tenants: Configurations) -> list[Change]:
        return [await tenants.plan_part(WrittenRules(tenant, written))]

    return plan


def _print(changes: Sequence[Change], *, dry_run: bool, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps([change_json(change, stored=not dry_run) for change in changes]))
        return
    for change in changes:
        print_change(change, PLANNED if dry_run else MADE)
    if dry_run:
        typer.echo("nothing was stored", err=True)
