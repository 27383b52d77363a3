"""`alert-router route ...`: try the routing tree of a file; needs no engine."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Final, NamedTuple

import typer

from router.cli.options import AsJson
from router.cli.route_tree import as_plain, drawn
from router.cli.validate import print_warnings
from router.config.files import read_rules_file, read_text
from router.control.labels import read_label
from router.control.routing import Routing
from router.diagnostic import Diagnostic, Position
from router.errors import ConfigurationError

Labels = Mapping[str, str]


def receivers_of(
    config: Annotated[Path, typer.Option(help="The tenant's file.")],
    labels: Annotated[list[str] | None, typer.Argument(help="The alert's labels.", metavar="LABEL=VALUE...")] = None,
    labels_file: Annotated[
        Path | None, typer.Option(help="Alerts' labels, one JSON object a line; - is standard input.")
    ] = None,
    *,
    tree: Annotated[bool, typer.Option("--tree", help="Draw each route tried, and which matcher failed.")] = False,
    as_json: AsJson = False,
) -> None:
    """Print the receivers of an alert with these labels, comma-joined, as amtool does.

    Example: alert-router route test --config acme.yaml --tree severity=critical team=db
    """
    if bool(labels) is (labels_file is not None):
        raise ConfigurationError("name the labels of an alert, or --labels-file, and not both")
    file = read_rules_file(config)
    routing = Routing(file.document)
    form = _AS_TREE if tree else _AS_RECEIVERS
    if labels_file is None:
        alert = _read(labels or [])
        typer.echo(json.dumps(form.plain(routing, alert)) if as_json else form.text(routing, alert))
    elif as_json:
        typer.echo(json.dumps([{"labels": one, **form.plain(routing, one)} for one in _read_file(labels_file)]))
    else:
        for alert in _read_file(labels_file):
            typer.echo(form.text(routing, alert))
    print_warnings([file])


class _Form(NamedTuple):
    """How the answer for one alert is given: to people, and to programs."""

    text: Callable[[Routing, Labels], str]
    plain: Callable[[Routing, Labels], dict[str, object]]


def _line(routing: Routing, labels: Labels) -> str:
    return ",".join(routing.receivers(labels))


def _plain(routing: Routing, labels: Labels) -> dict[str, object]:
    return {"receivers": routing.receivers(labels)}


def _tree(routing: Routing, labels: Labels) -> str:
    return "\n".join([*drawn(routing.tried(labels), labels), _line(routing, labels)])


def _plain_tree(routing: Routing, labels: Labels) -> dict[str, object]:
    return {**_plain(routing, labels), "tree": as_plain(routing.tried(labels))}


_AS_RECEIVERS: Final = _Form(_line, _plain)
_AS_TREE: Final = _Form(_tree, _plain_tree)


def _read(labels: list[str]) -> Labels:
    return {name: value for name, value in map(read_label, labels) if value}


def _read_file(path: Path) -> list[Labels]:
    lines = enumerate(read_text(path).split("\n"), start=1)
    return [_read_line(line, Position(number), path) for number, line in lines if line.strip()]


def _read_line(line: str, position: Position, path: Path) -> Labels:
    try:
        labels = json.loads(line)
    except (ValueError, RecursionError):
        labels = None
    if not isinstance(labels, dict) or not all(isinstance(value, str) for value in labels.values()):
        message = 'should be a JSON object of texts, such as {"severity": "critical"}'
        raise ConfigurationError(Diagnostic(message, source=str(path), position=position))
    return {name: value for name, value in labels.items() if value}
