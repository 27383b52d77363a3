"""`alert-router tenant ...`: tenants' configurations, their versions, and whether their messages are sent."""

import json
from typing import Annotated

import typer

from router.app.offered import open_tenants
from router.cli.history import print_version
from router.cli.options import AsJson, NameOrOwn, Own, only_one
from router.cli.session import run_with, time_json, time_text
from router.cli.terminal import print_columns
from router.config.joined import rules_text
from router.control.offered import Configurations
from router.core.model.instant import NEVER, Instant
from router.ports.tenants import ActiveDocument


def show(
    tenant: NameOrOwn = None,
    *,
    own: Own = None,
    version: Annotated[int | None, typer.Option(help="An earlier version; by default, the active one.")] = None,
    as_json: AsJson = False,
) -> None:
    """Print the active configuration, or an earlier one, as it was applied.

    It is one file that `tenant apply` takes, also where both parts were applied apart; with --tenant only the
    tenant's own part. Which part the version changed, who applied it and why stands on stderr.

    Example: alert-router tenant show acme --version 3
    """
    name = only_one(tenant, own)
    shown = run_with(open_tenants, lambda tenants: tenants.show(name, version))
    text = shown.source_text if own is None else rules_text(shown.source_text)
    print_version(name, shown.kept, text, as_json=as_json)


def list_all(*, as_json: AsJson = False) -> None:
    """Print every tenant, its active version, and since when nothing is sent for it.

    Example: alert-router tenant list
    """
    tenants, held_since = run_with(open_tenants, _all)
    if as_json:
        typer.echo(json.dumps([_tenant_json(one, held_since) for one in tenants]))
        return
    print_columns(("tenant", "version", "state"), [_row(one, held_since) for one in tenants])


async def _all(control: Configurations) -> tuple[list[ActiveDocument], Instant]:
    return await control.all_active(), await control.held_since()


def _row(one: ActiveDocument, held_since: Instant) -> tuple[str, str, str]:
    stopped = (("suspended", one.suspended_since), ("on hold with everybody", held_since))
    states = [f"{state} since {time_text(since)}" for state, since in stopped if since != NEVER]
    return one.tenant, str(one.version), ", ".join(states)


def _tenant_json(one: ActiveDocument, held_since: Instant) -> dict[str, object]:
    return {
        "tenant": one.tenant,
        "version": one.version,
        "suspended_since": time_json(one.suspended_since),
        "held_since": time_json(held_since),
    }
