"""`alert-router isolation ...`: how far tenants are kept apart, by an isolation policy; needs no engine."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from router.app.isolation_file import given_by
from router.cli.options import AsJson
from router.cli.validate import diagnostic_json
from router.config.files import read_text
from router.control.isolation.reading import not_enforced, read_isolation
from router.errors import ConfigurationError
from router.settings import read_settings

File = Annotated[Path, typer.Argument(help="The isolation policy; - is standard input.", metavar="FILE")]


def lint(file: File, *, as_json: AsJson = False) -> None:
    """Check an isolation policy: every mistake with its place, and what these settings do not enforce.

    A level whose topic is the tenant's own needs one in ALERT_ROUTER_KAFKA__BOUND_TOPICS; one whose workers are
    needs a pool for each tenant in ALERT_ROUTER_KAFKA__POOLS. A dimension that cannot be enforced yet is refused by
    its name.

    Example: alert-router isolation lint isolation.yaml
    """
    text = read_text(file)
    try:
        policy = read_isolation(text, str(file))
        found = not_enforced(policy, text, given_by(read_settings()))
        located = [replace(one, source=str(file)) for one in found]
    except ConfigurationError as error:
        if not as_json:
            raise
        located = list(error.diagnostics)
    if as_json:
        typer.echo(json.dumps({"valid": not located, "findings": [diagnostic_json(one) for one in located]}))
    elif located:
        raise ConfigurationError(*located)
    else:
        typer.echo(f"{file}: the isolation policy is valid, and enforced by these settings")
    if located:
        raise typer.Exit(2)
