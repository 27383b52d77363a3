"""`alert-router sealing ...`: tenants' own keys, with which what is stored of their alerts is sealed."""

import json
from typing import Annotated, Final

import typer

from router.app.toolbox import open_sealing, open_sender_pins
from router.cli.options import AsJson
from router.cli.session import run_with, time_json, time_text
from router.cli.terminal import print_columns
from router.control.noted_sealing import TenantsKeys
from router.control.sealing import NO_KEYS, Rotated
from router.control.sender_pins import KeyPin
from router.core.model.alert import TenantId
from router.core.model.instant import Instant
from router.errors import OperationError
from router.ports.sealing import KeyEntry, SenderSecrets

Tenant = Annotated[str, typer.Argument(help="The tenant.", metavar="TENANT")]
_READABLE: Final = (
    "warning: the key that opens what senders of tenant {tenant} seal is wrapped as gateways can unwrap it; give"
    " workers and this command ALERT_ROUTER_SEALING__SENDER_KEY, then run alert-router sealing rewrap {tenant}"
)
_WRAPS: Final = {True: "", False: "older", None: "unknown"}

OneOrAll = Annotated[str | None, typer.Argument(help="The tenant; by default all that have keys.", metavar="TENANT")]


def list_all(tenant: OneOrAll = None, *, as_json: AsJson = False) -> None:
    """Print the keys of a tenant, or of all: which seals, which only open.

    `older` stands where a key is wrapped by an older key, or by another key service: `sealing rewrap` changes that.
    `unknown` stands where the key service cannot be asked.

    Example: alert-router sealing list acme
    """
    found = run_with(open_sealing, lambda sealing: _keys(sealing, tenant))
    if as_json:
        typer.echo(json.dumps([_facts(one, key) for one, keys in found for key in keys]))
        return
    rows = [_row(one, key) for one, keys in found for key in keys]
    print_columns(("TENANT", "PURPOSE", "EPOCH", "MADE", "STATE", "WRAP"), rows)


def pin(tenant: Tenant, *, as_json: AsJson = False) -> None:
    """Print the pins of what a tenant's senders seal to, for `alert-router seal --pin`.

    Of each suite, the newest key first. It needs what workers have, ALERT_ROUTER_SEALING__SENDER_KEY too: a gateway
    that was taken over cannot change what is printed. What it prints may be given to --pin-file as it is.

    Example: alert-router sealing pin acme
    """
    found = run_with(open_sender_pins, lambda pins: pins.of(TenantId(tenant)))
    if as_json:
        typer.echo(json.dumps([_pin_facts(tenant, one) for one in found]))
        return
    rows = [(tenant, one.suite.label, str(one.epoch), one.state, one.pin) for one in found]
    print_columns(("TENANT", "SUITE", "EPOCH", "STATE", "PIN"), rows)


def rotate(tenant: Tenant, *, as_json: AsJson = False) -> None:
    """Make a tenant's next keys: they seal from now on, those before open.

    Gateways and workers use them within a second. Workers do the same by themselves each SEALING__ROTATE_DAYS. It
    needs ALERT_ROUTER_SEALING__SENDER_KEY where workers have it: without, nothing is made that gateways could open
    and cannot now. Where nobody has it, that is warned of on stderr.

    Example: alert-router sealing rotate acme
    """
    made = run_with(open_sealing, lambda sealing: _rotated(sealing, TenantId(tenant)))
    epoch = made.keys[0].epoch
    if made.sender_secrets is SenderSecrets.WITH_OTHERS:
        typer.echo(_READABLE.format(tenant=tenant), err=True)
    if as_json:
        typer.echo(json.dumps({"tenant": tenant, "epoch": epoch}))
    else:
        typer.echo(f"epoch {epoch} of tenant {tenant} seals within a second; keys before it open what they sealed")


def rewrap(tenant: OneOrAll = None, *, as_json: AsJson = False) -> None:
    """Wrap tenants' keys again, with the newest key of the key service.

    What is sealed stays as it is. Afterwards older keys of ALERT_ROUTER_SEALING__KEY can go, or older versions in
    Transit, or the key service that was there before.

    Example: alert-router sealing rewrap
    """
    counts = run_with(open_sealing, lambda sealing: _rewrapped(sealing, tenant))
    if as_json:
        typer.echo(json.dumps(counts))
    else:
        typer.echo(f"{sum(counts.values())} keys of {len(counts)} tenants are wrapped again")


def reseal(tenant: Tenant, *, as_json: AsJson = False) -> None:
    """Seal what is stored of a tenant's alert groups with its newest key, where an older one has sealed it.

    An alert that goes on unchanged keeps what was sealed when it came. Afterwards older keys of groups can go.

    Example: alert-router sealing reseal acme
    """
    count = run_with(open_sealing, lambda sealing: sealing.reseal(TenantId(tenant)))
    if as_json:
        typer.echo(json.dumps({"tenant": tenant, "resealed": count}))
    else:
        typer.echo(f"{count} values of tenant {tenant} are sealed with its newest key")


async def _keys(sealing: TenantsKeys, tenant: str | None) -> list[tuple[TenantId, list[KeyEntry]]]:
    return [(one, await sealing.keys(one)) for one in await _keyed(sealing, tenant)]


async def _rotated(sealing: TenantsKeys, tenant: TenantId) -> Rotated:
    """Workers make a tenant's first keys: one without any is none that is sealed, or a slip of the pen."""
    await _keyed(sealing, tenant)
    return await sealing.rotate(tenant)


async def _rewrapped(sealing: TenantsKeys, tenant: str | None) -> dict[str, int]:
    return {one: await sealing.rewrap(one) for one in await _keyed(sealing, tenant)}


async def _keyed(sealing: TenantsKeys, tenant: str | None) -> list[TenantId]:
    """This tenant, or all, that have keys."""
    known = await sealing.tenants()
    if tenant and tenant not in known:
        raise OperationError(f"tenant {tenant!r} has no keys", NO_KEYS)
    return [TenantId(tenant)] if tenant else known


def _facts(tenant: TenantId, one: KeyEntry) -> dict[str, object]:
    return {
        "tenant": tenant,
        "purpose": one.key.purpose,
        "epoch": one.key.epoch,
        "made_at": time_json(Instant(one.key.epoch)),
        "state": one.state,
        "newest_wrap": one.is_newest_wrap,
    }


def _pin_facts(tenant: str, one: KeyPin) -> dict[str, object]:
    return {"tenant": tenant, "suite": one.suite.label, "epoch": one.epoch, "state": one.state, "pin": one.pin}


def _row(tenant: TenantId, one: KeyEntry) -> tuple[str, ...]:
    made = time_text(Instant(one.key.epoch))
    return tenant, one.key.purpose, str(one.key.epoch), made, one.state, _WRAPS[one.is_newest_wrap]
