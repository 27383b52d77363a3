"""`alert-router proposal ...`: changes that wait for a second person; a control API alone knows who decides."""

import json
from typing import Annotated

import typer

from router.app.looking import open_proposals
from router.cli.options import AsJson
from router.cli.session import run_with, time_text
from router.cli.terminal import print_columns, print_diff
from router.control.proposal_rows import ProposalRow
from router.core.model.alert import TenantId

OfTenant = Annotated[
    str | None, typer.Option(help="Of this tenant; by default, of the access document.", metavar="TENANT")
]
Number = Annotated[int, typer.Argument(min=1, help="The number that `proposal list` shows.", metavar="NUMBER")]


def list_all(*, tenant: OfTenant = None, as_json: AsJson = False) -> None:
    """Print what was proposed, newest first: what became of it, who made it, and what it would change.

    Of a tenant that is the operator's part of its configuration, without one the access document.

    Example: alert-router proposal list --tenant acme
    """
    found = run_with(open_proposals, lambda proposals: proposals.all(_of(tenant)))
    if as_json:
        typer.echo(json.dumps([one.fields for one in found]))
        return
    if not found:
        typer.echo("nothing was proposed", err=True)
        return
    columns = ("number", "state", "author", "made", "until", "summary", "message")
    print_columns(columns, [_row(one) for one in found])


def show(number: Number, *, tenant: OfTenant = None, as_json: AsJson = False) -> None:
    """Print a proposal with the difference that it would make.

    Of what is new all of it.

    Example: alert-router proposal show 3 --tenant acme
    """
    found = run_with(open_proposals, lambda proposals: proposals.one(_of(tenant), number))
    if as_json:
        typer.echo(json.dumps(found.fields))
        return
    print_columns((), [_row(found)])
    if found.diff:
        print_diff(found.diff.rstrip("\n"))
    else:
        typer.echo(found.document.rstrip("\n"))


def approve(number: Number, *, tenant: OfTenant = None, as_json: AsJson = False) -> None:
    """Let a proposal of somebody else take effect.

    Example: alert-router proposal approve 3 --tenant acme
    """
    version = run_with(open_proposals, lambda proposals: proposals.approve(_of(tenant), number))
    done = {"tenant": tenant, "number": number, "state": "approved", "version": version}
    typer.echo(json.dumps(done) if as_json else f"proposal {number} is approved: version {version} is active")


def reject(number: Number, *, tenant: OfTenant = None, as_json: AsJson = False) -> None:
    """Let a proposal never take effect; one's own is withdrawn.

    Example: alert-router proposal reject 3 --tenant acme
    """
    state = run_with(open_proposals, lambda proposals: proposals.reject(_of(tenant), number))
    done = {"tenant": tenant, "number": number, "state": state}
    typer.echo(json.dumps(done) if as_json else f"proposal {number} is {state}")


def _of(tenant: str | None) -> TenantId | None:
    return None if tenant is None else TenantId(tenant)


def _row(one: ProposalRow) -> tuple[str, ...]:
    times = time_text(one.created_at), time_text(one.expires_at)
    return str(one.number), one.state, one.author, *times, one.summary, one.message
