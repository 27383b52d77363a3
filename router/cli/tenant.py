"""`alert-router tenant ...`: tenants' configurations, their versions, and whether a tenant is served."""

import json
from typing import Annotated

import typer

from router.app.toolbox import open_tenants
from router.cli.options import AsJson, Name
from router.cli.session import run_with, time_json, time_text
from router.cli.terminal import print_columns
from router.control.tenants import ShownVersion
from router.core.model.alert import TenantId
from router.core.model.instant import NEVER
from router.ports.tenants import ActiveDocument


def show(
    tenant: Name,
    version: Annotated[int | None, typer.Option(help="An earlier version; by default, the active one.")] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Print the active configuration, or an earlier one, as it was applied.

    Example: alert-router tenant show acme --version 3
    """
    shown = run_with(open_tenants, lambda tenants: tenants.show(TenantId(tenant), version))
    typer.echo(json.dumps(_version_json(tenant, shown)) if as_json else shown.source_text.rstrip("\n"))


def list_all(*, as_json: AsJson = False) -> None:
    """Print every tenant, its active version, and since when it is suspended.

    Example: alert-router tenant list
    """
    tenants = run_with(open_tenants, lambda control: control.all_active())
    if as_json:
        typer.echo(json.dumps([_tenant_json(one) for one in tenants]))
        return
    print_columns(("tenant", "version", "state"), [_row(one) for one in tenants])


def suspend(tenant: Name, *, as_json: AsJson = False) -> None:
    """Send nothing to Slack for a tenant until it is resumed.

    Its alerts are still accepted and stored, so that nothing is lost. Workers stop within a second.

    Example: alert-router tenant suspend acme
    """
    changed = run_with(open_tenants, lambda tenants: tenants.suspend(TenantId(tenant)))
    if as_json:
        typer.echo(json.dumps({"tenant": tenant, "suspended": True, "changed": changed}))
        return
    already = "" if changed else " already"
    typer.echo(f"tenant {tenant} is suspended{already}; to resume: alert-router tenant resume {tenant}")


def resume(tenant: Name, *, as_json: AsJson = False) -> None:
    """Serve a suspended tenant again: what has changed meanwhile is sent once, as it is now.

    Example: alert-router tenant resume acme
    """
    changed = run_with(open_tenants, lambda tenants: tenants.resume(TenantId(tenant)))
    text = f"tenant {tenant} is {'resumed' if changed else 'not suspended'}"
    typer.echo(json.dumps({"tenant": tenant, "suspended": False, "changed": changed}) if as_json else text)


def _row(one: ActiveDocument) -> tuple[str, str, str]:
    suspended = f"suspended since {time_text(one.suspended_since)}" if one.suspended_since != NEVER else ""
    return one.tenant, str(one.version), suspended


def _version_json(tenant: str, shown: ShownVersion) -> dict[str, object]:
    return {
        "tenant": tenant,
        "version": shown.kept.version,
        "active": shown.kept.active,
        "applied_at": time_json(shown.kept.applied_at),
        "source": shown.source_text,
    }


def _tenant_json(one: ActiveDocument) -> dict[str, object]:
    return {"tenant": one.tenant, "version": one.version, "suspended_since": time_json(one.suspended_since)}
