"""`alert-router tenant export`: what is stored of a tenant, in a folder or a zip, with digests."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from router.app.exporting import open_exporting
from router.app.stores import note_export
from router.cli.export_files import write_tenant
from router.cli.options import AsJson, Name
from router.cli.session import run_with
from router.control.exporting import Exporting
from router.core.model.alert import TenantId
from router.settings import read_settings


def export(
    tenant: Name,
    place: Annotated[Path, typer.Argument(help="A new folder for it, or a new file .zip.", metavar="DIR_OR_ZIP")],
    *,
    as_json: AsJson = False,
) -> None:
    """Write what is stored of a tenant to a folder or a zip, with a manifest of SHA-256 digests.

    Versions of its configuration as they were written, ids of tokens, names of secrets, silences, alert groups, and
    where the audit log is configured its audit entries with their proofs: `audit verify --offline DIR/audit`. Never
    a secret. What is in Kafka and in Slack is not in it.

    Example: alert-router tenant export acme acme.zip
    """

    async def work(exporting: Exporting) -> dict[str, Any]:
        await note_export(read_settings(), TenantId(tenant))
        return await write_tenant(place, tenant, exporting.lines(TenantId(tenant)))

    manifest = run_with(open_exporting, work)
    if as_json:
        typer.echo(json.dumps({"place": str(place), **manifest}))
        return
    for one in manifest["files"]:
        typer.echo(f"{one['sha256']}  {one['path']}")
    typer.echo(f"tenant {tenant} is in {place}", err=True)
