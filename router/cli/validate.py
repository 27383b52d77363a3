"""`alert-router tenant validate`: report every mistake in files, in words or as JSON; needs no engine."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from router.app.validating import new_template_validator
from router.cli.options import AsJson, Files
from router.cli.rules import read_own_rules
from router.config.files import TenantFile, read_files
from router.config.lint.lint import lint, misread
from router.core.model.alert import TenantId
from router.diagnostic import Diagnostic, masked, path_text
from router.errors import ConfigurationError


def validate(
    files: Files,
    *,
    tenant: Annotated[
        str | None,
        typer.Option("--tenant", help="Check one file as `tenant apply --tenant` takes it.", metavar="TENANT"),
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Take warnings for errors.")] = False,
    as_json: AsJson = False,
) -> None:
    """Check files without applying them; every error with its line, column and remedy.

    What is valid and probably not meant is a warning, such as a route that no alert reaches; they are listed in
    docs/tenant-file.md#warnings. With --tenant a file is checked as `tenant apply --tenant` takes it; whether the
    operator's part allows its channels only `tenant apply --tenant NAME --dry-run` knows.

    Example: alert-router tenant validate --strict tenants/acme.yaml
    """
    try:
        valid = _read(files, tenant)
        warnings = _strict(_lint(valid)) if strict else _lint(valid)
    except ConfigurationError as error:
        if not as_json:
            raise
        typer.echo(json.dumps(_as_json([], error.diagnostics, [])))
        raise typer.Exit(2) from None
    if as_json:
        typer.echo(json.dumps(_as_json(valid, [], warnings)))
        return
    for file in valid:
        typer.echo(f"{file.path}: tenant {file.document.tenant} is valid")
    _print(warnings)


def _read(files: Sequence[Path], tenant: str | None) -> list[TenantFile]:
    if tenant is None:
        return read_files(files, new_template_validator())
    _, file = read_own_rules(files, TenantId(tenant))
    return [file]


def _lint(files: Sequence[TenantFile]) -> list[Diagnostic]:
    return [one for file in files for one in _in_file(file, lint(file.document, file.text))]


def _strict(warnings: list[Diagnostic]) -> list[Diagnostic]:
    """No warnings, since each is an error."""
    if warnings:
        raise ConfigurationError(*warnings)
    return warnings


def print_warnings(files: Sequence[TenantFile]) -> None:
    """Print on stderr what decides differently than its author probably thinks."""
    _print([one for file in files for one in _in_file(file, misread(file.document, file.text))])


def _print(warnings: Sequence[Diagnostic]) -> None:
    for warning in warnings:
        typer.echo(f"warning: {warning}", err=True)


def _in_file(file: TenantFile, found: Sequence[Diagnostic]) -> list[Diagnostic]:
    return [replace(one, source=str(file.path)) for one in found]


def _as_json(
    valid: Sequence[TenantFile], found: Sequence[Diagnostic], warnings: Sequence[Diagnostic]
) -> dict[str, object]:
    return {
        "valid": not found,
        "files": [{"file": str(file.path), "tenant": file.document.tenant} for file in valid],
        "findings": [diagnostic_json(one) for one in found],
        "warnings": [diagnostic_json(one) for one in warnings],
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
