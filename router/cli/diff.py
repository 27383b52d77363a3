"""`alert-router tenant diff`: what one version of a configuration has otherwise than another."""

import json
from typing import Annotated

import typer

from router.app.offered import open_tenants
from router.cli.options import AsJson, Name
from router.cli.session import run_with
from router.cli.terminal import print_diff
from router.control.comparison import Comparison
from router.control.offered import Configurations
from router.core.model.alert import TenantId
from router.errors import OperationError

_From = Annotated[
    int | None, typer.Option("--from", min=1, help="The version that it is compared with; by default the one before.")
]
_To = Annotated[
    int | None, typer.Option("--to", min=1, help="The version that is compared; by default the active one.")
]


def diff(tenant: Name, *, from_: _From = None, to: _To = None, as_json: AsJson = False) -> None:
    """Print what one version of a configuration has otherwise than another: as a diff, then rule by rule.

    Example: alert-router tenant diff acme --from 3 --to 5
    """

    async def work(tenants: Configurations) -> Comparison:
        before, after = await _versions(tenants, TenantId(tenant), from_, to)
        return await tenants.compare(TenantId(tenant), before, after)

    found = run_with(open_tenants, work)
    if as_json:
        typer.echo(json.dumps(_json(found)))
        return
    if found.diff:
        print_diff(found.diff.rstrip("\n"))
    for one in found.changes or ("nothing that these versions mean differs",):
        typer.echo(one)


async def _versions(
    tenants: Configurations, tenant: TenantId, before: int | None, after: int | None
) -> tuple[int, int]:
    """Both versions, each as it was named or by default."""
    if before is not None and after is not None:
        return before, after
    numbers = [one.kept.version for one in await tenants.history(tenant)]
    newest = after if after is not None else numbers[0]
    earlier = before if before is not None else next((one for one in numbers if one < newest), None)
    if earlier is None:
        raise OperationError(f"tenant {tenant!r} has no version before {newest}", remedy="name one with --from")
    return earlier, newest


def _json(found: Comparison) -> dict[str, object]:
    return {
        "from": found.before,
        "to": found.after,
        "part": found.part,
        "changes": list(found.changes),
        "diff": found.diff,
    }
