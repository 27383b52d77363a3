"""`alert-router isolation check`: the files in force, held against the policy as it is today."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import typer

from router.app.isolation_file import isolation_of
from router.app.toolbox import open_tenants
from router.cli.options import AsJson
from router.cli.session import run_with
from router.cli.validate import diagnostic_json
from router.control.isolation.kept import Breach
from router.control.tenants import TenantControl
from router.errors import ConfigurationError
from router.settings import Settings


def check(*, as_json: AsJson = False) -> None:
    """Name the tenants whose files in force break the level that the policy gives them.

    A file is held against ALERT_ROUTER_CONTROL__ISOLATION_FILE when it is applied; after a change of the policy this
    holds all of them against it, and changes nothing. Exit code 2 where there is one. `shared` needs nothing.

    Example: alert-router isolation check
    """
    found = run_with(_opened, lambda tenants: tenants.breaches())
    if as_json:
        typer.echo(json.dumps({"kept": not found, "tenants": [_json(one) for one in found]}))
    elif found:
        raise ConfigurationError(*(finding for one in found for finding in one.findings))
    else:
        typer.echo("every tenant's file in force keeps what the isolation policy promises")
    if found:
        raise typer.Exit(2)


@asynccontextmanager
async def _opened(settings: Settings) -> AsyncIterator[TenantControl]:
    if isolation_of(settings) is None:
        raise ConfigurationError("no policy is in force here: ALERT_ROUTER_CONTROL__ISOLATION_FILE is not set")
    async with open_tenants(settings) as tenants:
        yield tenants


def _json(one: Breach) -> dict[str, object]:
    return {
        "tenant": one.tenant,
        "version": one.version,
        "findings": [diagnostic_json(finding) for finding in one.findings],
    }
