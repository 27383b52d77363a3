"""One command's work on Redis: the connection is opened for it and closed after it, whatever happens."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from router.adapters.redis.connection import Connection
from router.adapters.redis.tenants import TenantRepository
from router.app.options import redis_connection
from router.core.model.alert import TenantId
from router.core.model.instant import NEVER, Instant, to_datetime, to_rfc3339
from router.errors import OperationError
from router.ports.tenants import ActiveDocument
from router.settings import read_settings

T = TypeVar("T")


def with_redis(work: Callable[[Connection], Awaitable[T]]) -> T:
    """What the work gives."""

    async def run() -> T:
        connection = redis_connection(read_settings())
        try:
            return await work(connection)
        finally:
            await connection.close()

    return asyncio.run(run())


def with_tenants(work: Callable[[TenantRepository], Awaitable[T]]) -> T:
    """What the work on tenants' configurations gives."""
    return with_redis(lambda connection: work(TenantRepository(connection)))


async def known(tenants: TenantRepository, tenant: str) -> ActiveDocument:
    """The tenant's active document.

    Raises:
        OperationError: it has none.
    """
    active = await tenants.active(TenantId(tenant))
    if active is None:
        raise OperationError(f"tenant {tenant!r} has no configuration; `alert-router tenant list` shows all")
    return active


def time_text(instant: Instant) -> str:
    """A time as people read it."""
    if instant == NEVER:
        return "before this was kept"
    return to_datetime(instant).strftime("%Y-%m-%d %H:%M:%S UTC")


def time_json(instant: Instant) -> str | None:
    """A time as programs read it; null where it was not kept, or has not come."""
    return to_rfc3339(instant) if instant != NEVER else None
