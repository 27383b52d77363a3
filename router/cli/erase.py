"""`alert-router tenant erase`: first what would go, then, with `--yes`, all of it, for good."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import Annotated, Any

import typer

from router.app.erasing import open_erasing
from router.cli.erasures import Yes, left_json, left_lines, only_shown, step_lines, steps_json
from router.cli.offboard import belongings_lines
from router.cli.options import AsJson, Name
from router.cli.session import run_with, time_json, time_text
from router.control.erasing import Erasing, Messages
from router.control.offboard import Belongings
from router.core.model.alert import TenantId
from router.ports.erasure import Certificate, Erasure, Step


def erase(
    tenant: Name,
    *,
    yes: Yes = False,
    leave_messages: Annotated[
        bool, typer.Option("--leave-messages", help="Leave live messages in Slack as they are, without a last edit.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Erase a tenant for good: its live messages get a last line, all that is stored goes, its id is not given again.

    What ends by itself, as records in Kafka do, is in the certificate that is printed, and appended to the audit log
    where there is a record. A run that was interrupted goes on where it ended. To delete one that may come back:
    alert-router tenant delete.

    Example: alert-router tenant erase acme --yes
    """
    messages = Messages.AS_THEY_ARE if leave_messages else Messages.LAST_EDIT

    async def work(erasing: Erasing) -> tuple[Belongings | Erasure, Certificate | None]:
        plan = await erasing.plan(TenantId(tenant))
        return plan, await erasing.erase(TenantId(tenant), messages) if yes else None

    plan, done = run_with(open_erasing, work)
    if as_json:
        typer.echo(json.dumps(_as_json(tenant, plan, done)))
        return
    typer.echo("\n".join(_plan_lines(tenant, plan) if done is None else _lines(done)))
    if done is None and not (isinstance(plan, Erasure) and plan.is_over):
        only_shown(f" for good: alert-router tenant erase {tenant} --yes")


def _plan_lines(tenant: str, plan: Belongings | Erasure) -> Iterator[str]:
    if isinstance(plan, Belongings):
        yield from belongings_lines(tenant, plan)
    elif plan.is_over:
        yield f"tenant {tenant} was erased at {time_text(plan.ended_at)}"
    else:
        yield f"tenant {tenant} is being erased since {time_text(plan.begun_at)}:"
        yield from step_lines(Step, plan.done)


def _lines(done: Certificate) -> Iterator[str]:
    erasure = done.erasure
    begun, ended = time_text(erasure.begun_at), time_text(erasure.ended_at)
    yield f"tenant {erasure.tenant} is erased: begun {begun}, ended {ended}"
    yield f"  {erasure.edited} live messages got their last line, {erasure.unedited} stay as they are"
    yield f"  deleted: {', '.join(done.deleted)}"
    yield "  left:"
    yield from (f"    {one}" for one in left_lines(done.left))


def _as_json(tenant: str, plan: Belongings | Erasure, done: Certificate | None) -> dict[str, Any]:
    erasure = done.erasure if done else plan if isinstance(plan, Erasure) else None
    return {
        "tenant": tenant,
        "belongings": asdict(plan) if isinstance(plan, Belongings) else None,
        "erasure": erasure and _erasure_json(erasure),
        "deleted": list(done.deleted) if done else [],
        "left": left_json(done.left) if done else [],
    }


def _erasure_json(erasure: Erasure) -> dict[str, Any]:
    return {
        "begun_at": time_json(erasure.begun_at),
        "ended_at": time_json(erasure.ended_at),
        "steps": steps_json(Step, erasure.done),
        "edited": erasure.edited,
        "unedited": erasure.unedited,
    }
