"""`alert-router tenant usage`: what a tenant uses of what is bounded."""

import json

import typer

from router.app.looking import open_usage
from router.cli.options import AsJson, Name
from router.cli.session import run_with
from router.cli.terminal import print_columns
from router.core.model.alert import TenantId


def usage(tenant: Name, *, as_json: AsJson = False) -> None:
    """Print what a tenant uses of what is bounded: alerts, groups, bytes, requests, tokens, silences.

    Of a rate that is what it would not grant at once.

    Example: alert-router tenant usage acme
    """
    found = run_with(open_usage, lambda usage: usage.of(TenantId(tenant)))
    if as_json:
        typer.echo(json.dumps([{"name": one.name, "used": one.used, "limit": one.limit} for one in found]))
        return
    print_columns(("of", "used", "at most"), [(one.name, str(one.used), str(one.limit)) for one in found])
