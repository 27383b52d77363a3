"""`alert-router sign`: sign what is stored in Redis."""

import json
from typing import Annotated

import typer

from router.app.toolbox import open_signing
from router.cli.options import AsJson
from router.cli.session import run_with
from router.control.signing import Report
from router.errors import OperationError


def sign(
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only name what would be signed.")] = False,
    as_json: AsJson = False,
) -> None:
    """Sign what is stored in Redis with the newest key, so that nothing else is taken for it.

    What has no signature yet is taken to be right: look at it first, with --dry-run. What has a wrong signature, or
    one by a key that is not configured, is left as it is and named; then the exit code is 1. Afterwards older keys
    can go, and so can ALERT_ROUTER_SIGNING__UNSIGNED_STORED=accept.

    Example: alert-router sign --dry-run
    """
    report = run_with(open_signing, lambda control: control.plan() if dry_run else control.sign())
    if as_json:
        body = {"signed": list(report.signed), "unchanged": report.unchanged, "left": list(report.left)}
        typer.echo(json.dumps({"key": report.key, "dry_run": dry_run, **body}))
    elif dry_run:
        for name in report.signed:
            typer.echo(f"would sign {name}")
        typer.echo(_summary(report, "to be signed"))
    else:
        typer.echo(_summary(report, "signed"))
    if report.left:
        raise OperationError("\n".join(report.left))


def _summary(report: Report, done: str) -> str:
    left = f", {len(report.left)} left as they are" if report.left else ""
    return f"{len(report.signed)} {done} with key {report.key}, {report.unchanged} had its signature already{left}"
