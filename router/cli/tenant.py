"""`alert-router tenant ...`: validate, apply, show and list tenants' configurations."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from router.adapters.redis.tenants import TenantRepository
from router.app.wiring import redis_connection
from router.config import stored
from router.config.files import read_files
from router.core.alert import TenantId
from router.errors import OperationError
from router.settings import read_settings

app = typer.Typer(help="Tenants' configurations.", no_args_is_help=True)

Files = Annotated[list[Path], typer.Argument(help="YAML files or folders of them.", metavar="FILE...")]
Name = Annotated[str, typer.Argument(help="The tenant's id.", metavar="TENANT")]
T = TypeVar("T")


@app.command()
def validate(files: Files) -> None:
    """Check files without applying them; every error with its line, column and cure.

    Example: alert-router tenant validate tenants/acme.yaml
    """
    for file in read_files(files):
        typer.echo(f"{file.path}: tenant {file.document.tenant} is valid")


@app.command()
def apply(files: Files) -> None:
    """Store files as the active configurations; nothing is stored unless all are valid.

    Example: alert-router tenant apply tenants/
    """
    checked = read_files(files)

    async def publish(repository: TenantRepository) -> list[int]:
        return [
            await repository.publish(TenantId(file.document.tenant), stored.dump(file.document, file.text))
            for file in checked
        ]

    for file, version in zip(checked, _with_repository(publish), strict=True):
        typer.echo(f"tenant {file.document.tenant}: version {version} is active")


@app.command()
def show(tenant: Name) -> None:
    """Print the active configuration as it was applied."""
    active = _with_repository(lambda repository: repository.active(TenantId(tenant)))
    if active is None:
        raise OperationError(f"tenant {tenant!r} has no configuration; `alert-router tenant list` shows all")
    typer.echo(stored.load(active.text).source_text.rstrip("\n"))


@app.command("list")
def list_all() -> None:
    """Print every tenant and its active version."""

    async def read(repository: TenantRepository) -> list[tuple[str, int]]:
        tenants, _ = await repository.changed_since(0)
        active = [await repository.active(tenant) for tenant in sorted(tenants)]
        return [(one.tenant, one.version) for one in active if one is not None]

    for tenant, version in _with_repository(read):
        typer.echo(f"{tenant}\t{version}")


def _with_repository(work: Callable[[TenantRepository], Awaitable[T]]) -> T:
    async def run() -> T:
        connection = redis_connection(read_settings())
        try:
            return await work(TenantRepository(connection))
        finally:
            await connection.close()

    return asyncio.run(run())
