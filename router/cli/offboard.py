"""`alert-router tenant delete`: first what would go, then, with `--yes`, all of it."""

import json
from dataclasses import asdict
from typing import Annotated

import typer

from router.app.offered import open_deleting
from router.cli.options import AsJson, BreakGlass, Name
from router.cli.session import run_with, writing
from router.control.offboard import Belongings
from router.control.offered import Deleting
from router.core.model.alert import TenantId


def delete(
    tenant: Name,
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Delete it; without this, only what would go is shown.")] = False,
    break_glass: BreakGlass = "",
    as_json: AsJson = False,
) -> None:
    """Delete a tenant: its configuration with all versions, alert groups, books, tokens and secrets.

    Its messages stay in Slack as they are; alerts that still come for it are dead-lettered. A control API counts of
    its alert groups those that are open.

    Example: alert-router tenant delete acme --yes
    """

    async def work(offboarding: Deleting) -> Belongings:
        found = await offboarding.belongings(TenantId(tenant))
        if yes:
            await offboarding.delete(TenantId(tenant))
        return found

    found = run_with(writing(open_deleting, break_glass), work)
    if as_json:
        typer.echo(json.dumps({"tenant": tenant, "deleted": yes, **asdict(found)}))
        return
    typer.echo("\n".join(belongings_lines(tenant, found)))
    if yes:
        typer.echo(f"tenant {tenant} is deleted")
    else:
        typer.echo(f"nothing was deleted; to delete all of it: alert-router tenant delete {tenant} --yes", err=True)


def belongings_lines(tenant: str, found: Belongings) -> list[str]:
    """What is stored of a tenant, as people read it."""
    return [
        f"of tenant {tenant}:",
        f"  {_count(found.versions, 'version')} of its configuration",
        f"  {_count(found.groups, 'alert group')}, {found.live_messages} of them with a live message, and its books",
        f"  tokens: {', '.join(found.tokens) or 'none'}",
        f"  secrets: {', '.join(found.secrets) or 'none'}",
    ]


def _count(number: int, one: str) -> str:
    return f"{number} {one}" if number == 1 else f"{number} {one}s"
