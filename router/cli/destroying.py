"""`alert-router sealing destroy`: first what would be lost, then, with `--yes`, it is."""

import json
from collections.abc import Iterator
from typing import Annotated, Final

import typer

from router.app.toolbox import open_sealing
from router.cli.options import AsJson
from router.cli.session import run_with, time_text
from router.control.noted_sealing import TenantsKeys
from router.core.model.alert import TenantId
from router.core.model.instant import Instant
from router.errors import ConfigurationError
from router.ports.sealing import Doomed, Losses

_DONE: Final = "these keys are destroyed"
_SHOWN: Final = "nothing was destroyed; to destroy them, give the command again with --yes"
_Yes = Annotated[bool, typer.Option("--yes", help="Destroy them; without this, only what would go is shown.")]
_Lose = Annotated[
    bool, typer.Option("--lose-what-it-sealed", help="Also where something is still there that --epoch sealed.")
]


def destroy(
    tenant: Annotated[str, typer.Argument(help="The tenant.", metavar="TENANT")],
    *,
    epoch: Annotated[int | None, typer.Option(help="The retired keys of this epoch alone.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="All keys, also those that seal now.")] = False,
    lose: _Lose = False,
    yes: _Yes = False,
    as_json: AsJson = False,
) -> None:
    """Destroy keys of a tenant: what they sealed can never be read again.

    One epoch is not destroyed while anything of an alert group is sealed with it, which `sealing reseal` changes, or
    while topics may keep a record of its time.

    Processes drop them within a second. Records that need them become dead letters `undecipherable`. A backup of
    Redis brings them back for whoever has ALERT_ROUTER_SEALING__KEY: delete older ones. With --all the tenant's key
    in Transit is deleted as well; what it has wrapped no backup of Redis brings back.

    Example: alert-router sealing destroy acme --all --yes
    """
    if (epoch is None) is not everything:
        raise ConfigurationError("name one epoch with --epoch, or all with --all")
    losses = Losses.ACCEPT if lose else Losses.REFUSE

    async def work(sealing: TenantsKeys) -> Doomed:
        found = await sealing.doomed(TenantId(tenant), epoch, losses)
        if yes:
            await sealing.destroy(TenantId(tenant), epoch, losses)
        return found

    _print(tenant, run_with(open_sealing, work), done=yes, as_json=as_json)


def _print(tenant: str, found: Doomed, *, done: bool, as_json: bool) -> None:
    if as_json:
        facts = {"keys": len(found.keys), "values": found.values}
        typer.echo(json.dumps({"tenant": tenant, "destroyed": done, **facts}))
    else:
        typer.echo("\n".join(_lines(tenant, found)))
        typer.echo(_DONE if done else _SHOWN, err=not done)


def _lines(tenant: str, found: Doomed) -> Iterator[str]:
    yield f"of tenant {tenant}:"
    for one in sorted(found.keys, key=lambda key: (-key.epoch, key.purpose)):
        yield f"  its key {one.purpose} of {time_text(Instant(one.epoch))}, epoch {one.epoch}"
    yield f"  with them {found.values} values of its alert groups, and all that they have sealed in Kafka"
