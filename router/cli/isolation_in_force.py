"""`alert-router isolation show`: the policy that is in force, or how far a tenant is kept apart."""

import json
from typing import Annotated

import typer

from router.app.looking import open_isolation
from router.cli.options import AsJson
from router.cli.session import run_with
from router.cli.terminal import print_columns
from router.control.isolation.in_force import Level
from router.core.model.alert import TenantId

OfTenant = Annotated[str | None, typer.Option(help="How far this tenant is kept apart.", metavar="TENANT")]


def show(*, tenant: OfTenant = None, as_json: AsJson = False) -> None:
    """Print the isolation policy that is in force, or a tenant's level.

    The file of ALERT_ROUTER_CONTROL__ISOLATION_FILE, here or where the control API runs.

    Example: alert-router isolation show --tenant acme
    """
    if tenant is None:
        text = run_with(open_isolation, lambda isolation: isolation.policy())
        typer.echo(json.dumps({"policy": text}) if as_json else text.rstrip("\n"))
        return
    level = run_with(open_isolation, lambda isolation: isolation.level(TenantId(tenant)))
    if as_json:
        typer.echo(json.dumps(_json(level)))
    else:
        fields = _json(level)
        print_columns(tuple(fields), [tuple("" if value is None else str(value) for value in fields.values())])


def _json(level: Level) -> dict[str, str | int | None]:
    return {
        "level": level.name,
        "data": level.data,
        "budget": level.budget,
        "keys": level.keys,
        "topic": level.topic,
        "workers": level.workers,
        "pool": level.pool,
        "store": level.store,
        "region": level.region,
        "shard": level.shard,
    }
