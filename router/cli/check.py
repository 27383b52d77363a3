"""`alert-router tenant check`: check that a tenant's alerts can reach Slack, and say how to fix what is wrong."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Final

import typer
from rich.text import Text

from router.app.slack_toolbox import open_toolbox
from router.cli.options import AsJson, Name
from router.cli.session import run_with
from router.cli.terminal import Row, print_table, safe
from router.control.check.result import CheckResult, State
from router.control.check.tenant import check_tenant
from router.core.model.alert import TenantId

_COLOURS: Final = {State.OK: "green", State.WRONG: "red", State.UNKNOWN: "yellow"}
_STATE_WIDTH: Final = max(map(len, State))


def check(tenant: Name, *, as_json: AsJson = False) -> None:
    """Check that a tenant's alerts can reach Slack, and say how to fix what is wrong.

    Asks Slack, with a worker's settings, whether the token is valid, what it may do and which channels the bot is in;
    sends nothing. Exits with 1 if something is wrong.

    Example: alert-router tenant check acme
    """
    results = run_with(open_toolbox, lambda toolbox: check_tenant(toolbox, TenantId(tenant)))
    wrong = any(one.state is State.WRONG for one in results)
    if as_json:
        typer.echo(json.dumps({"tenant": tenant, "ok": not wrong, "rows": [asdict(one) for one in results]}))
    else:
        _print(results)
    if wrong:
        raise typer.Exit(1)


def _print(results: Sequence[CheckResult]) -> None:
    print_table([_row(one) for one in results], _STATE_WIDTH)


def _row(result: CheckResult) -> Row:
    remedy = [safe(f"-> {result.remedy}")] if result.remedy else []
    details = Text("\n").join([safe(result.detail), *remedy])
    return Text(result.state, _COLOURS[result.state]), result.name, details
