"""`alert-router tenant ...`: tenants' configurations, their versions, and whether a tenant is served."""

import json
from typing import Annotated

import typer

from router.adapters.redis.tenants import KeptVersion, TenantRepository
from router.cli.apply import version_of
from router.cli.options import AsJson, Name
from router.cli.session import known, time_json, time_text, with_tenants
from router.config import stored
from router.core.model.alert import TenantId
from router.core.model.instant import NEVER
from router.ports.tenants import ActiveDocument


def show(
    tenant: Name,
    version: Annotated[int | None, typer.Option(help="An earlier version; left out: the active.")] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Print the active configuration, or an earlier one, as it was applied.

    Example: alert-router tenant show acme --version 3
    """

    async def read(tenants: TenantRepository) -> KeptVersion:
        active = await known(tenants, tenant)
        wanted = active.version if version is None else version
        return version_of(tenant, wanted, await tenants.versions(TenantId(tenant)))

    found = with_tenants(read)
    source = stored.load(found.text).source_text
    typer.echo(json.dumps(_version_row(tenant, found, source)) if as_json else source.rstrip("\n"))


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


def resume(tenant: Name) -> None:
    """Serve a suspended tenant again: what has changed meanwhile is told once, as it is now.

    Example: alert-router tenant resume acme
    """

    async def work(tenants: TenantRepository) -> bool:
        await known(tenants, tenant)
        return await tenants.resume(TenantId(tenant))

    typer.echo(f"tenant {tenant} is {'resumed' if with_tenants(work) else 'not suspended'}")


def _version_row(tenant: str, found: KeptVersion, source: str) -> dict[str, object]:
    return {
        "tenant": tenant,
        "version": found.version,
        "active": found.active,
        "applied_at": time_json(found.applied_at),
        "source": source,
    }


def _row(one: ActiveDocument) -> dict[str, object]:
    return {"tenant": one.tenant, "version": one.version, "suspended_since": time_json(one.suspended_since)}
