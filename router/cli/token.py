"""`alert-router token ...`: senders' tokens. A tenant has at most two, so that it can change over."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from router.app.offered import open_tokens
from router.cli.options import AsJson, BreakGlass, Name
from router.cli.secret_file import Readers, read_secret, write_secret
from router.cli.session import run_with, time_json, time_text, writing
from router.cli.terminal import print_columns
from router.control.offered import SenderTokens
from router.core.model.alert import TenantId
from router.core.model.instant import NEVER
from router.core.model.token import token_id
from router.ports.control import LiveToken

ForGroup = Annotated[bool, typer.Option("--for-group", help="Let the file's group read it too, not its owner alone.")]


def create(
    tenant: Name,
    file: Annotated[
        Path | None, typer.Option(help="Write it to this file instead, unless it holds a valid token already.")
    ] = None,
    *,
    for_group: ForGroup = False,
    break_glass: BreakGlass = "",
    as_json: AsJson = False,
) -> None:
    """Make a token and print it, once.

    Only its digest is stored. A tenant may have two: the one in use, and the next while its senders change over.

    Example: alert-router token create acme --file acme.token
    """
    present = read_secret(file) if file is not None else None
    token = run_with(writing(open_tokens, break_glass), lambda tokens: _created(tokens, TenantId(tenant), present))
    if token is not None:
        _hand_over(tenant, token, _place(file, for_group=for_group), {"created": True} if as_json else None)
    elif as_json:
        typer.echo(json.dumps({"tenant": tenant, "id": token_id(present or ""), "file": str(file), "created": False}))
    else:
        typer.echo(f"{file} holds a token of tenant {tenant} already; it stays", err=True)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a token goes that is not printed."""

    file: Path
    readers: Readers


def _place(file: Path | None, *, for_group: bool) -> _Place | None:
    return None if file is None else _Place(file, Readers.GROUP if for_group else Readers.OWNER)


def _hand_over(tenant: str, token: str, place: _Place | None, facts: Mapping[str, object] | None) -> None:
    """Print the token, or write it to its file; as JSON with these facts, if there are any."""
    if place is not None:
        write_secret(place.file, token, place.readers, remedy="revoke the token just made")
    if facts is None:
        if place is None:
            typer.echo(token)
        typer.echo(f"token {token_id(token)} of tenant {tenant}; it cannot be shown again", err=True)
        return
    where = {"token": token} if place is None else {"file": str(place.file)}
    typer.echo(json.dumps({"tenant": tenant, "id": token_id(token), **where, **facts}))


async def _created(tokens: SenderTokens, tenant: TenantId, present: str | None) -> str | None:
    """A new token of the tenant; None if the present one is valid."""
    if present and await tokens.is_live(tenant, present):
        return None
    return await tokens.create(tenant)


def list_all(tenant: Name, *, as_json: AsJson = False) -> None:
    """Print the ids of a tenant's tokens, when they were made and when last used.

    Gateways store the last use of each token once a minute. A token that they refuse is shown with the reason:
    `unsigned`, `signature_wrong` or `key_unknown`.

    Example: alert-router token list acme
    """
    tokens = run_with(open_tokens, lambda control: control.live(TenantId(tenant)))
    if as_json:
        typer.echo(json.dumps([_as_json(token) for token in tokens]))
    elif not tokens:
        typer.echo(f"tenant {tenant} has no token; make one: alert-router token create {tenant}", err=True)
    else:
        print_columns(("id", "created", "last used"), [_row(token) for token in tokens])


def rotate(
    tenant: Name,
    file: Annotated[Path | None, typer.Option(help="Write it to this file instead.")] = None,
    *,
    for_group: ForGroup = False,
    force: Annotated[
        bool, typer.Option("--force", help="Also if the older of two tokens is the one in use.")
    ] = False,
    break_glass: BreakGlass = "",
    as_json: AsJson = False,
) -> None:
    """Make a new token and print it, once; of two, the older one is revoked.

    The one in use stays good until the next rotation, so that senders change over without a gap.

    Example: alert-router token rotate acme --file acme.token
    """
    if file is not None:
        read_secret(file)
    made = run_with(writing(open_tokens, break_glass), lambda tokens: tokens.rotate(TenantId(tenant), force=force))
    if made.revoked and not as_json:
        typer.echo(f"token {made.revoked} of tenant {tenant} is revoked", err=True)
    place = _place(file, for_group=for_group)
    _hand_over(tenant, made.token, place, {"revoked": made.revoked or None} if as_json else None)


def revoke(
    tenant: Name,
    id_: Annotated[str, typer.Argument(help="The id that `token list` shows.", metavar="ID")],
    *,
    break_glass: BreakGlass = "",
    as_json: AsJson = False,
) -> None:
    """Revoke a token: requests that use it are refused.

    Gateways follow within about a second.

    Example: alert-router token revoke acme 3f2a91bc
    """
    run_with(writing(open_tokens, break_glass), lambda tokens: tokens.revoke(TenantId(tenant), id_))
    text = f"token {id_} of tenant {tenant} is revoked"
    typer.echo(json.dumps({"tenant": tenant, "id": id_, "revoked": True}) if as_json else text)


def _row(token: LiveToken) -> tuple[str, str, str]:
    used = time_text(token.last_used_at) if token.last_used_at != NEVER else "not used yet"
    return token.id, time_text(token.created_at), f"refused: {token.untrusted}" if token.untrusted else used


def _as_json(token: LiveToken) -> dict[str, str | None]:
    refused = {"refused": token.untrusted.value} if token.untrusted else {}
    times = {"created_at": time_json(token.created_at), "last_used_at": time_json(token.last_used_at)}
    return {"id": token.id, **times, **refused}
