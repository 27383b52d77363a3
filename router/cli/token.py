"""`alert-router token ...`: senders' tokens, of which a tenant has two at most, so that it can change over."""

import json
from pathlib import Path
from typing import Annotated

import typer

from router.adapters.redis.connection import Connection
from router.adapters.redis.tenants import TenantRepository
from router.adapters.redis.tokens import LiveToken, TokenRepository, token_digest, token_id
from router.cli.options import AsJson, Name
from router.cli.session import time_json, time_text, with_redis
from router.cli.token_file import read_token, write_token
from router.core.model.alert import TenantId
from router.errors import OperationError


def create(
    tenant: Name,
    file: Annotated[
        Path | None, typer.Option(help="Write it here instead, unless a valid token of the tenant stands there.")
    ] = None,
) -> None:
    """Make a token and print it, once.

    Only its digest is kept. A tenant may have two: the one in use, and the next while its senders change over.

    Example: alert-router token create acme > acme.token
    """
    known = read_token(file) if file is not None else None
    token = with_redis(lambda connection: _fresh(connection, TenantId(tenant), known))
    if token is None:
        typer.echo(f"{file} holds a token of tenant {tenant} already; it stays", err=True)
        return
    if file is None:
        typer.echo(token)
    else:
        write_token(file, token)
    typer.echo(f"token {token_id(token)} of tenant {tenant}; it cannot be shown again", err=True)


async def _fresh(connection: Connection, tenant: TenantId, known: str | None) -> str | None:
    """A new token of the tenant; None if the known one is good."""
    if await TenantRepository(connection).active(tenant) is None:
        raise OperationError(f"tenant {tenant!r} has no configuration; apply one first")
    tokens = TokenRepository(connection)
    if known and await tokens.tenant_of(token_digest(known)) == tenant:
        return None
    return await tokens.create(tenant)


def list_all(tenant: Name, *, as_json: AsJson = False) -> None:
    """Print the ids of a tenant's tokens and when they were made.

    Example: alert-router token list acme
    """
    tokens = with_redis(lambda connection: TokenRepository(connection).live(TenantId(tenant)))
    if as_json:
        typer.echo(json.dumps([_as_json(token) for token in tokens]))
    elif not tokens:
        typer.echo(f"tenant {tenant} has no token; make one: alert-router token create {tenant}", err=True)
    else:
        for token in tokens:
            typer.echo(f"{token.id}\t{time_text(token.created_at)}")


def revoke(
    tenant: Name, id_: Annotated[str, typer.Argument(help="The id that `token list` shows.", metavar="ID")]
) -> None:
    """Let nobody in with a token any more.

    Gateways forget it within about a second.

    Example: alert-router token revoke acme 3f2a91bc
    """
    if not with_redis(lambda connection: TokenRepository(connection).revoke(TenantId(tenant), id_)):
        raise OperationError(f"tenant {tenant!r} has no token of that id; see: alert-router token list {tenant}")
    typer.echo(f"token {id_} of tenant {tenant} is revoked")


def _as_json(token: LiveToken) -> dict[str, str | None]:
    return {"id": token.id, "created_at": time_json(token.created_at)}
