"""`alert-router route ...`: try the routing tree of a file; needs no engine."""

import json
from pathlib import Path
from typing import Annotated

import typer

from router.cli.options import AsJson
from router.cli.validate import print_warnings
from router.config.files import read_files
from router.control.routing import receivers_for
from router.errors import ConfigurationError


def receivers_of(
    labels: Annotated[list[str], typer.Argument(help="The alert's labels.", metavar="LABEL=VALUE...")],
    config: Annotated[Path, typer.Option(help="The tenant's file.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Print the receivers of an alert with these labels, comma-joined, as amtool does.

    Example: alert-router route test --config acme.yaml severity=critical team=db
    """
    [file] = read_files([config])
    receivers = receivers_for(file.document, _read(labels))
    typer.echo(json.dumps({"receivers": receivers}) if as_json else ",".join(receivers))
    print_warnings([file])


def _read(labels: list[str]) -> dict[str, str]:
    pairs = [label.partition("=") for label in labels]
    for name, sign, _ in pairs:
        if not name or not sign:
            raise ConfigurationError(f"{name!r} is not a valid label; use for example severity=critical")
    return {name: value for name, _, value in pairs if value}
