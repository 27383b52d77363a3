"""`alert-router tenant ...`: tenants' configurations, their versions, and whether a tenant is served."""

import json
import re
from pathlib import Path
from typing import Annotated, Final

import typer

from router.adapters.redis.tenants import TenantRepository
from router.cli import apply, check
from router.cli.apply import Files
from router.cli.session import AsJson, Name, known, time_json, time_text, with_tenants
from router.config import stored
from router.config.files import TenantFile, read_files
from router.core.alert import TenantId
from router.core.instant import NEVER
from router.errors import ConfigurationError
from router.ports import ActiveDocument

_FINDING: Final = re.compile(r"(?P<file>.*?):(?P<line>\d+):(?P<column>\d+): (?P<message>.*)", re.DOTALL)

app = typer.Typer(help="Tenants' configurations.", no_args_is_help=True)
app.command()(apply.apply)
app.command()(apply.history)
app.command()(apply.rollback)
app.command()(check.check)


@app.command()
def validate(files: Files, *, as_json: AsJson = False) -> None:
    """Check files without applying them; every error with its line, column and cure.

    Example: alert-router tenant validate tenants/acme.yaml
    """
    if as_json:
        _validate_for_programs(files)
        return
    for file in read_files(files):
        typer.echo(f"{file.path}: tenant {file.document.tenant} is valid")


@app.command()
def show(
    tenant: Name,
    version: Annotated[int | None, typer.Option(help="An earlier version; left out: the active.")] = None,
) -> None:
    """Print the active configuration, or an earlier one, as it was applied.

    Example: alert-router tenant show acme --version 3
    """

    async def read(tenants: TenantRepository) -> str:
        active = await known(tenants, tenant)
        if version in (None, active.version):
            return active.text
        kept = await tenants.versions(TenantId(tenant))
        return apply.version_of(tenant, version or 0, kept).text

    typer.echo(stored.load(with_tenants(read)).source_text.rstrip("\n"))


@app.command("list")
def list_all(*, as_json: AsJson = False) -> None:
    """Print every tenant, its active version, and since when it is suspended.

    Example: alert-router tenant list
    """

    async def read(tenants: TenantRepository) -> list[ActiveDocument]:
        names, _ = await tenants.changed_since(0)
        active = [await tenants.active(name) for name in sorted(names)]
        return [one for one in active if one is not None]

    rows = with_tenants(read)
    if as_json:
        typer.echo(json.dumps([_row(one) for one in rows]))
        return
    for one in rows:
        suspended = f"\tsuspended since {time_text(one.suspended_since)}" if one.suspended_since != NEVER else ""
        typer.echo(f"{one.tenant}\t{one.version}{suspended}")


@app.command()
def suspend(tenant: Name) -> None:
    """Send nothing to Slack for a tenant until it is resumed.

    Its alerts are accepted and folded all the while, so that nothing is lost. Workers stop within a second.

    Example: alert-router tenant suspend acme
    """

    async def work(tenants: TenantRepository) -> bool:
        await known(tenants, tenant)
        return await tenants.suspend(TenantId(tenant))

    already = "" if with_tenants(work) else " already"
    typer.echo(f"tenant {tenant} is suspended{already}; go on with: alert-router tenant resume {tenant}")


@app.command()
def resume(tenant: Name) -> None:
    """Serve a suspended tenant again: what has changed meanwhile is told once, as it is now.

    Example: alert-router tenant resume acme
    """

    async def work(tenants: TenantRepository) -> bool:
        await known(tenants, tenant)
        return await tenants.resume(TenantId(tenant))

    typer.echo(f"tenant {tenant} is {'resumed' if with_tenants(work) else 'not suspended'}")


def _row(one: ActiveDocument) -> dict[str, object]:
    return {"tenant": one.tenant, "version": one.version, "suspended_since": time_json(one.suspended_since)}


def _validate_for_programs(files: list[Path]) -> None:
    valid: list[TenantFile] = []
    findings: tuple[str, ...] = ()
    try:
        valid = read_files(files)
    except ConfigurationError as error:
        findings = error.findings
    typer.echo(json.dumps({
        "valid": not findings,
        "files": [{"file": str(file.path), "tenant": file.document.tenant} for file in valid],
        "findings": [_finding(one) for one in findings],
    }))  # fmt: skip
    if findings:
        raise typer.Exit(2)


def _finding(text: str) -> dict[str, object]:
    """A finding in its parts; one about a whole file has no place."""
    parts = _FINDING.fullmatch(text)
    if parts is None:
        return {"message": text}
    return {
        "file": parts["file"],
        "line": int(parts["line"]),
        "column": int(parts["column"]),
        "message": parts["message"],
    }
