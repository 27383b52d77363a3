"""`alert-router platform ...`: the operator's part of tenants' configurations, which keeps the tenants' own."""

import json
from pathlib import Path
from typing import Annotated

import typer

from router.app.toolbox import open_tenants
from router.cli.apply import DryRun, ExitCode, store
from router.cli.author import Author, Message, made_by
from router.cli.history import origin_text, version_json
from router.cli.options import AsJson, Name
from router.cli.session import run_with
from router.config.files import read_text
from router.config.joined import platform_text
from router.config.parts import read_platform
from router.config.read import parse
from router.control.change import Change
from router.control.parts import WrittenPlatform
from router.control.tenants import TenantControl
from router.core.model.alert import TenantId

_Files = Annotated[
    list[Path],
    typer.Argument(help="YAML files with `tenant` and `platform`; - is standard input.", metavar="FILE..."),
]


def apply(
    files: _Files,
    *,
    author: Author = None,
    message: Message = "",
    dry_run: DryRun = False,
    exit_code: ExitCode = False,
    as_json: AsJson = False,
) -> None:
    """Store the operator's part of tenants' configurations; what the tenants wrote stays as it is.

    A file has `tenant` and `platform` alone. A tenant that is new has no rules yet: nobody is notified until its own
    part is applied with `tenant apply --tenant`. A part that forbids what the tenant's part uses is refused.

    Example: alert-router platform apply platform/acme.yaml
    """
    parts = [_read(path) for path in files]

    async def plan(tenants: TenantControl) -> list[Change]:
        return [await tenants.plan_part(part) for part in parts]

    changes = store(plan, made_by(author, message), dry_run=dry_run, exit_code=exit_code, as_json=as_json)
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
    text = platform_text(shown.source_text)
    if as_json:
        typer.echo(json.dumps({"tenant": tenant, **version_json(shown.kept), "source": text}))
        return
    typer.echo(origin_text(shown.kept), err=True)
    typer.echo(text.rstrip("\n"))


def _read(path: Path) -> WrittenPlatform:
    written = parse(read_text(path), str(path))
    return WrittenPlatform(read_platform(written).tenant, written)
