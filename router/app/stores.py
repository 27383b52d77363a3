"""Where commands write: the record where one is configured, else Redis, which then is the record itself."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from router.adapters.redis.connection import Connection
from router.adapters.redis.erasures import ErasureRepository
from router.adapters.redis.projection import RedisProjection
from router.adapters.redis.secrets import SecretRepository
from router.adapters.redis.tokens import TokenRepository
from router.adapters.redis.whereabouts import RedisWhereabouts, TenantsHere
from router.app.cells import cells_of
from router.app.connections import signatures
from router.app.storing import Noting, Stores, login, needing_control
from router.control.given_once import GivenOnce
from router.control.isolation.own_cell import InOwnCell
from router.control.managed import DirectWrites
from router.core.cell import CellName
from router.core.model.alert import TenantId
from router.ports.erasure import ErasedRows, NoRows
from router.settings import Settings


@asynccontextmanager
async def stores(settings: Settings, redis: Connection, past: str = "") -> AsyncIterator[Stores]:
    """The stores; `past` is why somebody writes past the record, to Redis.

    Raises:
        ConfigurationError: a record is configured, and what it needs is not installed.
    """
    if settings.postgres.url is None or past:
        yield live_stores(settings, redis, past)
        return
    with needing_control():
        from router.app.recorded import recorded_stores
    async with recorded_stores(settings, redis) as found:
        yield found


@asynccontextmanager
async def erased_rows(settings: Settings) -> AsyncIterator[ErasedRows]:
    """What the record, where one is configured, holds of a tenant that is erased.

    Raises:
        ConfigurationError: what the record needs is not installed.
    """
    if settings.postgres.url is None:
        yield NoRows()
        return
    with needing_control():
        from router.app.recorded import recorded_parts
    async with recorded_parts(settings) as rows:
        yield rows


async def note_export(settings: Settings, tenant: TenantId) -> None:
    """Append to the audit log that the tenant is exported, where there is a record."""
    if settings.postgres.url is not None:
        with needing_control():
            from router.app.recorded import audit_export
        await audit_export(settings, tenant)


@asynccontextmanager
async def noting(settings: Settings) -> AsyncIterator[Noting | None]:
    """What appends to the audit log what is done beside the record; None where there is no record.

    Raises:
        ConfigurationError: what the record needs is not installed.
    """
    if settings.postgres.url is None:
        yield None
        return
    with needing_control():
        from router.app.recorded import open_noting
    async with open_noting(settings) as found:
        yield found


def live_stores(settings: Settings, redis: Connection, past: str = "") -> Stores:
    """Redis, which refuses what a record alone may write unless there is a reason to go past it."""
    signed = signatures(settings)
    direct = DirectWrites(RedisProjection(redis), login(), past)
    permit = GivenOnce(ErasureRepository(redis), InOwnCell(RedisWhereabouts(redis), direct))
    tenants, own = TenantsHere(redis, signed, permit), cells_of(settings).own

    async def cells() -> dict[TenantId, CellName]:
        return dict.fromkeys(await tenants.listed(), own)

    return Stores(
        tenants,
        TokenRepository(redis, signed, permit),
        SecretRepository(redis, permit),
        cells,
    )
