"""`alert-router key ...`: keys of the control API, made by whoever holds the password of the record."""

import json
from typing import Annotated

import typer

from router.app.offered import open_keys
from router.cli.options import AsJson
from router.cli.session import run_with, time_json, time_text
from router.cli.terminal import print_columns
from router.control.access.roles import BUILT_IN
from router.control.keys import KeyRequest
from router.core.model.alert import TenantId
from router.core.model.instant import HOUR, Span
from router.errors import ConfigurationError, OperationError
from router.ports.identity import ApiKey

Tenant = Annotated[
    str | None, typer.Option("--tenant", help="For this tenant; by default for all.", metavar="TENANT")
]


def create(
    role: Annotated[str, typer.Argument(help=f"What it may do: {', '.join(BUILT_IN)}.", metavar="ROLE")],
    *,
    tenant: Tenant = None,
    name: Annotated[str, typer.Option(help="What it is for.")] = "",
    network: Annotated[
        list[str] | None, typer.Option(help="Only from there, as 10.0.0.0/8; several may be given.")
    ] = None,
    days: Annotated[int, typer.Option(help="How long it lasts, at most 366.")] = 90,
    as_json: AsJson = False,
) -> None:
    """Make an API key and print it, once. Only its digest is stored.

    Example: alert-router key create editor --tenant acme --name ci
    """
    if role not in BUILT_IN:
        raise ConfigurationError(f"{role!r} is not a role; the roles are {', '.join(BUILT_IN)}")
    lasts = Span(days * 24 * HOUR)
    request = KeyRequest(_tenant(tenant), role, name, tuple(network or ()), lasts)
    text, made = run_with(open_keys, lambda keys: keys.create(request))
    if as_json:
        typer.echo(json.dumps({**_facts(made), "key": text}))
        return
    typer.echo(text)
    scope = f"tenant {made.tenant}" if made.tenant else "all tenants"
    until = time_text(made.expires_at)
    typer.echo(f"key {made.id} of role {role} for {scope}, until {until}; it cannot be shown again", err=True)


def list_all(*, tenant: Tenant = None, as_json: AsJson = False) -> None:
    """Print the API keys of a tenant, or those for all tenants.

    Example: alert-router key list --tenant acme
    """
    found = run_with(open_keys, lambda keys: keys.live(_tenant(tenant)))
    if as_json:
        typer.echo(json.dumps([_facts(one) for one in found]))
    else:
        rows = [(one.id, one.role, one.name, one.maker, time_text(one.expires_at)) for one in found]
        print_columns(("id", "role", "name", "made by", "until"), rows)


def revoke(
    id_: Annotated[str, typer.Argument(help="The id that `key list` shows.", metavar="ID")],
    *,
    tenant: Tenant = None,
    as_json: AsJson = False,
) -> None:
    """Revoke an API key: requests that use it are refused.

    Example: alert-router key revoke 0a1b2c3d --tenant acme
    """
    if not run_with(open_keys, lambda keys: keys.revoke(_tenant(tenant), id_)):
        raise OperationError("there is no key of that id that is good", remedy="see: alert-router key list")
    typer.echo(json.dumps({"id": id_, "revoked": True}) if as_json else f"key {id_} is revoked")


def _tenant(name: str | None) -> TenantId | None:
    return None if name is None else TenantId(name)


def _facts(one: ApiKey) -> dict[str, object]:
    return {
        "id": one.id,
        "tenant": one.tenant,
        "role": one.role,
        "name": one.name,
        "networks": list(one.networks),
        "made_by": one.maker,
        "created_at": time_json(one.created_at),
        "expires_at": time_json(one.expires_at),
    }
