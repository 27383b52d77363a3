"""`alert-router token ...`: senders' tokens."""

import asyncio
from typing import Annotated

import typer

from router.adapters.redis.tenants import TenantRepository
from router.adapters.redis.tokens import TokenRepository
from router.app.wiring import redis_connection
from router.core.alert import TenantId
from router.errors import OperationError
from router.settings import read_settings

app = typer.Typer(help="Tokens with which senders prove whose alerts they send.", no_args_is_help=True)


@app.callback()
def token() -> None:
    """Tokens with which senders prove whose alerts they send."""


@app.command()
def create(tenant: Annotated[str, typer.Argument(help="The tenant's id.", metavar="TENANT")]) -> None:
    """Make a token and print it, once: only its digest is kept.

    Example: alert-router token create acme > acme.token
    """
    typer.echo(asyncio.run(_create(TenantId(tenant))))


async def _create(tenant: TenantId) -> str:
    connection = redis_connection(read_settings())
    try:
        if await TenantRepository(connection).active(tenant) is None:
            raise OperationError(f"tenant {tenant!r} has no configuration; apply one first")
        return await TokenRepository(connection).create(tenant)
    finally:
        await connection.close()
