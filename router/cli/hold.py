"""`alert-router hold` and `release`, and the same for one tenant as `tenant suspend` and `tenant resume`."""

import json
from typing import Annotated

import typer

from router.app.toolbox import open_holds
from router.cli.options import AsJson, Name
from router.cli.session import run_with
from router.core.model.alert import TenantId

_Anybody = Annotated[str | None, typer.Argument(help="Its name; by default, everybody.", metavar="[TENANT]")]


def hold(tenant: _Anybody = None, *, as_json: AsJson = False) -> None:
    """Stop sending to Slack, for everybody or for one tenant; alerts are taken and folded as ever.

    Once the command has ended no call is begun; one in flight ends as it would have. Of a tenant this is
    `tenant suspend`.

    Example: alert-router hold
    """
    if tenant is not None:
        suspend(tenant, as_json=as_json)
        return
    done = run_with(open_holds, lambda holds: holds.hold_everybody())
    if as_json:
        typer.echo(json.dumps({"held": True, "tenants": done.tenants, "changed": done.changed}))
        return
    already = "" if done.changed else " already"
    typer.echo(f"sending is on hold for everybody{already} ({done.tenants} tenants); to go on: alert-router release")


def release(tenant: _Anybody = None, *, as_json: AsJson = False) -> None:
    """Send again what `hold` stopped: what has changed meanwhile is sent once, as it is now.

    Without a tenant, for everybody but those who were put on hold by name.

    Example: alert-router release
    """
    if tenant is not None:
        resume(tenant, as_json=as_json)
        return
    done = run_with(open_holds, lambda holds: holds.release_everybody())
    if as_json:
        typer.echo(json.dumps({"held": False, "tenants": done.tenants, "changed": done.changed}))
        return
    typer.echo("sending goes on" if done.changed else "sending is not on hold for everybody")


def suspend(tenant: Name, *, as_json: AsJson = False) -> None:
    """Send nothing to Slack for a tenant until it is resumed: the same as `hold TENANT`.

    Its alerts are still accepted and stored, so that nothing is lost. Once the command has ended no call is begun.

    Example: alert-router tenant suspend acme
    """
    changed = run_with(open_holds, lambda holds: holds.hold(TenantId(tenant)))
    if as_json:
        typer.echo(json.dumps({"tenant": tenant, "suspended": True, "changed": changed}))
        return
    already = "" if changed else " already"
    typer.echo(f"tenant {tenant} is suspended{already}; to resume: alert-router tenant resume {tenant}")


def resume(tenant: Name, *, as_json: AsJson = False) -> None:
    """Serve a suspended tenant again: what has changed meanwhile is sent once, as it is now.

    The same as `release TENANT`.

    Example: alert-router tenant resume acme
    """
    changed = run_with(open_holds, lambda holds: holds.release(TenantId(tenant)))
    text = f"tenant {tenant} is {'resumed' if changed else 'not suspended'}"
    typer.echo(json.dumps({"tenant": tenant, "suspended": False, "changed": changed}) if as_json else text)
