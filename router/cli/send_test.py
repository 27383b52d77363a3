"""`alert-router send-test`: one marked message, to see that a receiver is reached."""

import asyncio
import json
from typing import Annotated

import typer

from router.cli.options import AsJson, Name
from router.cli.session import known
from router.config import stored
from router.config.compiler import compile_tenant
from router.control.diagnosis import Trouble
from router.control.send_test import send_trial
from router.control.toolbox import desk
from router.core.slack.answer import Accepted
from router.errors import OperationError
from router.settings import read_settings


def send_test(
    tenant: Name,
    receiver: Annotated[str, typer.Argument(help="The receiver's name in the tenant's file.", metavar="RECEIVER")],
    *,
    as_json: AsJson = False,
) -> None:
    """Send one test message, marked as such, to a receiver's channel in its language.

    Sent at once with a worker's settings, also for a suspended tenant; nothing is stored and nobody is mentioned.

    Example: alert-router send-test acme oncall
    """
    outcome = asyncio.run(_send(tenant, receiver))
    if as_json:
        typer.echo(json.dumps(_as_json(outcome)))
        if isinstance(outcome, Trouble):
            raise typer.Exit(1)
    elif isinstance(outcome, Trouble):
        raise OperationError(f"not sent: {outcome.found}\nto mend it: {outcome.cure}")
    else:
        typer.echo(f"sent to channel {outcome.channel}, ts {outcome.ts}")


async def _send(tenant: str, receiver: str) -> Accepted | Trouble:
    async with desk(read_settings()) as sending:
        active = await known(sending.tenants, tenant)
        rules = compile_tenant(stored.load(active.text).document, active.version)
        return await send_trial(sending, rules, receiver)


def _as_json(outcome: Accepted | Trouble) -> dict[str, object]:
    if isinstance(outcome, Trouble):
        return {"sent": False, "found": outcome.found, "cure": outcome.cure}
    return {"sent": True, "channel": outcome.channel, "ts": outcome.ts}
