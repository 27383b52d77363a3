"""`alert-router tenant usage`: what a tenant uses of what is bounded for it."""

import json
from typing import Final

import typer

from router.app.looking import open_usage
from router.cli.options import AsJson, Name
from router.cli.session import run_with
from router.cli.terminal import print_columns
from router.control.usage import use_json
from router.core.budget.uses import BEYOND, Use, is_near
from router.core.model.alert import TenantId

_HEADER: Final = ("WHAT", "USED", "LIMIT", "PART", "", "BEYOND IT", "RAISED BY")


def usage(tenant: Name, *, as_json: AsJson = False) -> None:
    """Print what a tenant uses of each thing that is bounded for it, the limit, and what happens beyond.

    `near` stands where 80 % or more are used. Limits without a key of the tenant's file are the program's own.

    Example: alert-router tenant usage acme
    """
    found = run_with(open_usage, lambda uses: uses.of(TenantId(tenant)))
    if as_json:
        typer.echo(json.dumps([use_json(one) for one in found]))
    else:
        print_columns(_HEADER, [_row(one) for one in found])


def _row(use: Use) -> tuple[str, ...]:
    beyond = BEYOND[use.quota]
    part = f"{use.part * 100:.0f} %"
    near = "near" if is_near(use) else ""
    return use.quota, str(use.used), str(use.limit), part, near, beyond.happens, beyond.raised_by
