"""`alert-router platform ...`: the operator's part of tenants' configurations, which keeps the tenants' own."""

from typing import Annotated

import typer

from router.app.offered import open_tenants
from router.cli.apply import DryRun, ExitCode, Output, claimed, store
from router.cli.author import Author, Message, made_by
from router.cli.history import print_version
from router.cli.options import PAST, TAKE_OVER, AsJson, Files, Name
from router.cli.session import run_with
from router.config.files import read_platform_files
from router.config.joined import platform_text
from router.control.change import Change
from router.control.offered import Configurations
from router.control.parts import WrittenPlatform
from router.core.model.alert import TenantId


def apply(  # noqa: PLR0913 - each is an option
    files: Files,
    *,
    author: Author = None,
    message: Message = "",
    dry_run: DryRun = False,
    exit_code: ExitCode = False,
    take_over: Annotated[bool, typer.Option("--take-over", help=TAKE_OVER)] = False,
    break_glass: Annotated[str, typer.Option("--break-glass", help=PAST, metavar="REASON", show_default=False)] = "",
    as_json: AsJson = False,
) -> None:
    """Store the operator's part of tenants' configurations; what the tenants wrote stays as it is.

    A file has `tenant` and `platform` alone. A tenant that is new has no rules yet: nobody is notified until its own
    part is applied with `tenant apply --tenant`. A part that forbids what the tenant's part uses is refused.

    Example: alert-router platform apply platform/acme.yaml
    """
    parts = [WrittenPlatform(tenant, written) for tenant, written in read_platform_files(files)]

    async def plan(tenants: Configurations) -> list[Change]:
        return [await tenants.plan_part(part) for part in parts]

    output = Output(dry_run=dry_run, exit_code=exit_code, as_json=as_json, claim=claimed(take_over=take_over))
    changes = store(plan, made_by(author, message), output, break_glass)
    for new in (change.tenant for change in changes if not change.before):
        typer.echo(f"tenant {new} has no rules yet: nobody is notified until it applies its own part", err=True)


def show(
    tenant: Name,
    version: Annotated[int | None, typer.Option(help="An earlier version; by default, the active one.")] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Print the operator's part of a configuration, as a file that `platform apply` takes.

    Example: alert-router platform show acme
    """
    shown = run_with(open_tenants, lambda tenants: tenants.show(TenantId(tenant), version))
    print_version(TenantId(tenant), shown.kept, platform_text(shown.source_text), as_json=as_json)
