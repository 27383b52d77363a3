"""`alert-router control ...`: the record of tenants in PostgreSQL, of which Redis is a projection."""

import asyncio
import json
from typing import Annotated, Final

import typer

from router.app import projecting
from router.cli.options import AsJson, Name
from router.cli.session import run_with, settings_to_connect_with, time_json, time_text
from router.cli.terminal import print_columns
from router.control.adopting import Status
from router.core.model.alert import TenantId
from router.core.model.instant import NEVER
from router.ports.record import DriftKind, Standing

Tenants = Annotated[
    list[str] | None,
    typer.Argument(help="Tenants; by default all that the record lacks, or that drift.", metavar="[TENANT]..."),
]


_MEANS: Final = {
    DriftKind.AHEAD: ": Redis holds a newer generation than the record, which may be from an older backup"
}


def migrate(*, as_json: AsJson = False) -> None:
    """Bring the schema of the record to the newest step.

    With the login ar_migrator (ALERT_ROUTER_POSTGRES__MIGRATOR_URL); what creates the logins is
    router/adapters/postgres/roles.sql.

    Example: alert-router control migrate
    """
    before, after = asyncio.run(projecting.migrate(settings_to_connect_with()))
    if as_json:
        typer.echo(json.dumps({"before": before or None, "after": after, "changed": before != after}))
    elif before == after:
        typer.echo(f"the schema is at step {after} already")
    else:
        typer.echo(f"the schema is at step {after} now; it was at {before or 'none'}")


def adopt(tenants: Tenants = None, *, as_json: AsJson = False) -> None:
    """Take into the record what Redis holds: at first all of it, later what drifts.

    Configurations with the versions that are kept, tokens and sealed secrets. What was written past the record, with
    --break-glass, becomes its newest version.

    Example: alert-router control adopt
    """
    named = [TenantId(one) for one in tenants or ()]
    adopted = run_with(projecting.open_control, lambda control: control.adopt(named))
    if as_json:
        typer.echo(json.dumps({"adopted": adopted}))
        return
    for one in adopted:
        typer.echo(f"tenant {one} is recorded as Redis holds it")
    if not adopted:
        typer.echo("the record holds all that Redis does")


def discard(tenant: Name, *, as_json: AsJson = False) -> None:
    """Give Redis back what is recorded of a tenant, in place of what drifts.

    Example: alert-router control discard acme
    """
    run_with(projecting.open_control, lambda control: control.discard(TenantId(tenant)))
    text = f"tenant {tenant}: what is recorded will be in force again"
    typer.echo(json.dumps({"tenant": tenant, "discarded": True}) if as_json else text)


def status(*, as_json: AsJson = False) -> None:
    """Print what of the record is in force, and what others have written past it.

    Exits with 1 if anything is not in force, drifts, or is not recorded.

    Example: alert-router control status
    """
    found = run_with(projecting.open_control, lambda control: control.status())
    if as_json:
        typer.echo(json.dumps(_as_json(found)))
    else:
        _print(found)
    if found.drift or found.unrecorded or not all(one.in_force for one in found.tenants):
        raise typer.Exit(1)


def _print(found: Status) -> None:
    print_columns(("tenant", "state", "version", "in force"), [_row(one) for one in found.tenants])
    for one, past in found.drift:
        what = _MEANS.get(one.kind) or (f" {one.what}" if one.what else "")
        typer.echo(f"drift: tenant {one.tenant}: {one.kind}{what}{f', by {past}' if past else ''}")
    for tenant in found.unrecorded:
        typer.echo(f"not recorded: tenant {tenant}; to take it in: alert-router control adopt {tenant}")


def _row(one: Standing) -> tuple[str, str, str, str]:
    since = f"since {time_text(one.projected_at)}" if one.in_force and one.projected_at != NEVER else "not yet"
    return one.tenant, one.state, str(one.version or ""), since


def _as_json(found: Status) -> dict[str, object]:
    return {
        "managed_by": found.managed_by or None,
        "tenants": [
            {
                "tenant": one.tenant,
                "state": one.state,
                "version": one.version,
                "in_force": one.in_force,
                "projected_at": time_json(one.projected_at),
            }
            for one in found.tenants
        ],
        "drift": [
            {"tenant": one.tenant, "kind": one.kind, "what": one.what, "past": past} for one, past in found.drift
        ],
        "unrecorded": list(found.unrecorded),
    }
