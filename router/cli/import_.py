"""`alert-router import`: an alertmanager.yml as a tenant's file; needs no engine."""

import json
from pathlib import Path
from typing import Annotated

import typer

from router.app.importing import Comparison, compare_with_amtool
from router.app.validating import new_template_validator
from router.cli.options import AsJson
from router.cli.validate import diagnostic_json
from router.config.alertmanager.document import Imported, import_alertmanager
from router.config.alertmanager.in_front import advice
from router.config.alertmanager.writing import written
from router.config.files import read_text
from router.config.read import read_document
from router.diagnostic import Diagnostic, one_line
from router.errors import ConfigurationError


def import_alertmanager_yml(
    file: Annotated[Path, typer.Argument(help="The alertmanager.yml.", metavar="ALERTMANAGER_YML")],
    tenant: Annotated[str, typer.Option(help="The tenant's id.")],
    out: Annotated[Path | None, typer.Option(help="Write the file instead of printing it.")] = None,
    *,
    with_amtool: Annotated[
        bool, typer.Option("--amtool/--no-amtool", help="Compare the routes with amtool, where it is installed.")
    ] = True,
    as_json: AsJson = False,
) -> None:
    """Print an alertmanager.yml as a tenant's file, and on stderr each thing that has no place in one.

    Example: alert-router import alertmanager.yml --tenant acme --out tenants/acme.yaml
    """
    imported = import_alertmanager(read_text(file), tenant, str(file))
    text = written(imported, file.name)
    if out is not None:
        _write(text, out)
    elif not as_json:
        typer.echo(text, nl=False)
    if not as_json:
        for leftover in imported.leftovers:
            typer.echo(f"warning: {leftover}", err=True)
        for one in advice(imported.document["route"]):
            typer.echo(f"warning: {file}: {one}", err=True)
    document = read_document(text, str(out or "the result"), new_template_validator())
    comparison = compare_with_amtool(file, document, imported.added) if with_amtool else None
    if comparison is not None:
        _report(comparison, file)
    if as_json:
        typer.echo(json.dumps(_plain(imported, comparison)))


def _plain(imported: Imported, comparison: Comparison | None) -> dict[str, object]:
    return {
        "document": imported.document,
        "advice": advice(imported.document["route"]),
        "left_out": [diagnostic_json(one) for one in imported.leftovers],
        "compared": comparison.compared if comparison else 0,
    }


def _write(text: str, out: Path) -> None:
    try:
        out.write_text(text, encoding="utf-8")
    except OSError as error:
        raise ConfigurationError(Diagnostic(error.strerror or str(error), source=str(out))) from None
    typer.echo(f"{out}: written; alert-router tenant validate {out}", err=True)


def _report(comparison: Comparison, file: Path) -> None:
    if comparison.problem:
        typer.echo(f"warning: not compared: amtool does not read {file}: {one_line(comparison.problem)}", err=True)
        return
    if comparison.differences:
        found = [Diagnostic(f"routed differently: {one}", source=str(file)) for one in comparison.differences]
        raise ConfigurationError(*found)
    typer.echo(f"amtool: the same receivers for {comparison.compared} label sets", err=True)
