"""`alert-router tenant send-test`: send one marked message, to see that it reaches a receiver's channel."""

import json
from typing import Annotated

import typer

from router.app.slack_toolbox import open_toolbox
from router.cli.options import AsJson, Name
from router.cli.session import run_with
from router.control.diagnosis import Diagnosis
from router.control.send_test import send_test_message
from router.core.model.alert import TenantId
from router.core.slack.answer import Accepted
from router.errors import OperationError


def send_test(
    tenant: Name,
    receiver: Annotated[str, typer.Argument(help="The receiver's name in the tenant's file.", metavar="RECEIVER")],
    *,
    as_json: AsJson = False,
) -> None:
    """Send one test message, marked as such, to a receiver's channel in its language.

    Sent at once with a worker's settings, also for a suspended tenant; nothing is stored and nobody is mentioned.

    Example: alert-router tenant send-test acme oncall
    """
    outcome = run_with(open_toolbox, lambda toolbox: send_test_message(toolbox, TenantId(tenant), receiver))
    if as_json:
        typer.echo(json.dumps(_as_json(outcome)))
        if isinstance(outcome, Diagnosis):
            raise typer.Exit(1)
    elif isinstance(outcome, Diagnosis):
        raise OperationError(f"not sent: {outcome.problem}\nto fix it: {outcome.remedy}")
    else:
        typer.echo(f"sent to channel {outcome.channel}, ts {outcome.ts}")


def _as_json(outcome: Accepted | Diagnosis) -> dict[str, object]:
    if isinstance(outcome, Diagnosis):
        return {"sent": False, "problem": outcome.problem, "remedy": outcome.remedy}
    return {"sent": True, "channel": outcome.channel, "ts": outcome.ts}
