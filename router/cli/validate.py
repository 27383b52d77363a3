"""`alert-router tenant validate`: every mistake of files, in words or as JSON; asks no engine."""

import json
import re
from pathlib import Path
from typing import Final

import typer

from router.cli.options import AsJson, Files
from router.config.files import TenantFile, read_files
from router.control.try_templates import new_trial
from router.errors import ConfigurationError

_FINDING: Final = re.compile(r"(?P<file>.*?):(?P<line>\d+):(?P<column>\d+): (?P<message>.*)", re.DOTALL)


def validate(files: Files, *, as_json: AsJson = False) -> None:
    """Check files without applying them; every error with its line, column and cure.

    Example: alert-router tenant validate tenants/acme.yaml
    """
    if as_json:
        _for_programs(files)
        return
    for file in read_files(files, new_trial()):
        typer.echo(f"{file.path}: tenant {file.document.tenant} is valid")


def _for_programs(files: list[Path]) -> None:
    valid: list[TenantFile] = []
    findings: tuple[str, ...] = ()
    try:
        valid = read_files(files, new_trial())
    except ConfigurationError as error:
        findings = error.findings
    typer.echo(json.dumps({
        "valid": not findings,
        "files": [{"file": str(file.path), "tenant": file.document.tenant} for file in valid],
        "findings": [_finding(one) for one in findings],
    }))  # fmt: skip
    if findings:
        raise typer.Exit(2)


def _finding(text: str) -> dict[str, object]:
    """A finding in its parts; one about a whole file has no place."""
    parts = _FINDING.fullmatch(text)
    if parts is None:
        return {"message": text}
    return {
        "file": parts["file"],
        "line": int(parts["line"]),
        "column": int(parts["column"]),
        "message": parts["message"],
    }
