"""`alert-router tenant validate`: report every mistake in files, in words or as JSON; needs no engine."""

import json
from collections.abc import Sequence
from dataclasses import replace

import typer

from router.app.validating import new_template_validator
from router.cli.options import AsJson, Files
from router.config.files import TenantFile, read_files
from router.config.lookalike import doubtful
from router.diagnostic import Diagnostic, masked, path_text
from router.errors import ConfigurationError


def validate(files: Files, *, as_json: AsJson = False) -> None:
    """Check files without applying them; every error with its line, column and remedy.

    Example: alert-router tenant validate tenants/acme.yaml
    """
    try:
        valid = read_files(files, new_template_validator())
    except ConfigurationError as error:
        if not as_json:
            raise
        typer.echo(json.dumps(_as_json([], error.diagnostics)))
        raise typer.Exit(2) from None
    if as_json:
        typer.echo(json.dumps(_as_json(valid, [])))
        return
    for file in valid:
        typer.echo(f"{file.path}: tenant {file.document.tenant} is valid")
    print_warnings(valid)


def print_warnings(files: Sequence[TenantFile]) -> None:
    """Print on stderr what is valid and probably not meant."""
    for warning in _warnings(files):
        typer.echo(f"warning: {warning}", err=True)


def _warnings(files: Sequence[TenantFile]) -> list[Diagnostic]:
    return [replace(one, source=str(file.path)) for file in files for one in doubtful(file.document)]


def _as_json(valid: Sequence[TenantFile], found: Sequence[Diagnostic]) -> dict[str, object]:
    return {
        "valid": not found,
        "files": [{"file": str(file.path), "tenant": file.document.tenant} for file in valid],
        "findings": [diagnostic_json(one) for one in found],
        "warnings": [diagnostic_json(one) for one in _warnings(valid)],
    }


def diagnostic_json(diagnostic: Diagnostic) -> dict[str, object]:
    """A diagnostic in its parts; those that it does not have are left out."""
    parts = {
        "file": diagnostic.source,
        "line": diagnostic.position.line if diagnostic.position else None,
        "column": diagnostic.position.column if diagnostic.position else None,
        "path": path_text(diagnostic.path),
        "message": masked(diagnostic.message),
    }
    return {name: value for name, value in parts.items() if value}
