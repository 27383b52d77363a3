"""`alert-router recover`: put together what Redis has lost of tenants, or show what that would do."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Annotated

import typer

from router.app.losses import OpenRecovery, Report, open_recovery
from router.cli.options import AsJson
from router.cli.session import run_with
from router.core.model.alert import TenantId
from router.errors import OperationError
from router.observe.logging import configure_logging
from router.settings import read_settings


def recover(
    tenants: Annotated[
        list[str] | None,
        typer.Argument(metavar="[TENANT]...", help="Whose; without any, all whose data is not put together yet."),
    ] = None,
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Change nothing; show what would be done.")] = False,
    as_json: AsJson = False,
) -> None:
    """Put together what Redis has lost: messages that are there are taken over, alerts are folded again.

    Workers do this by themselves once a configuration is applied again after a loss. For a tenant that is named it is
    done in any case, which is free of harm.

    Example: alert-router recover --dry-run
    """
    configure_logging(read_settings().log_level)

    async def work(opened: OpenRecovery) -> tuple[Report, list[TenantId]]:
        names = [TenantId(one) for one in tenants or sorted(opened.tenants.unproven)]
        unknown = [one for one in names if one not in opened.tenants]
        if unknown:
            raise OperationError(
                f"tenant {unknown[0]!r} has no configuration", remedy="`alert-router tenant apply` its file first"
            )
        report = await (opened.recovery.plan(names) if dry_run else opened.recovery.recover(names))
        return report, opened.waiting

    report, waiting = run_with(open_recovery, work)
    if as_json:
        typer.echo(json.dumps({"dry_run": dry_run, "waiting": waiting, **asdict(report)}))
        return
    typer.echo("\n".join(_lines(report, waiting)))
    if dry_run and report.tenants:
        typer.echo("nothing was changed; to do this: alert-router recover", err=True)


def _lines(report: Report, waiting: Sequence[TenantId]) -> Iterator[str]:
    for one in report.tenants:
        suspended = "; suspended" if one.suspended else ""
        yield f"tenant {one.tenant}: {one.messages} messages to take over{suspended}"
    if report.tenants:
        yield f"records of the last 24 hours to fold again: {report.records}"
    else:
        yield "no tenant's data is to be put together"
    if waiting:
        yield f"without a configuration, apply it again: {', '.join(waiting)}"
