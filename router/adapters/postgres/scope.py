"""The one function that opens a transaction for one tenant: whoever forgets a condition sees no other tenant's rows.

The setting ends with its transaction, also behind a pooler. It is the net below forgotten conditions, not a wall
against statements that somebody else has written: those are kept out by bound parameters, and by SQL in this package
alone.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Final

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from router.adapters.postgres.engine import leaving, no_answer, turn
from router.core.model.alert import TenantId
from router.errors import UnavailableError, UnconfirmedError

_LOOK: Final = "look (`control status`, `tenant history`, `token list`) before you make it again"
_SET: Final = text("select set_config('app.tenant', :tenant, true)")


@asynccontextmanager
async def scope(engine: AsyncEngine, tenant: TenantId) -> AsyncIterator[AsyncConnection]:
    """A transaction that sees and changes this tenant's rows; committed at the end, rolled back on any error.

    Raises:
        UnavailableError: PostgreSQL does not answer, or refuses.
    """
    async with transaction(engine) as connection:
        await connection.execute(_SET, {"tenant": tenant})
        yield connection


@asynccontextmanager
async def transaction(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """A transaction without a tenant: it sees no tenant's rows, unless its login may see those of all.

    Raises:
        UnavailableError: PostgreSQL does not answer, or refuses.
    """
    try:
        async with turn(engine):
            connection = await _connected(engine)
            try:
                async with connection.begin():
                    yield connection
            finally:
                await asyncio.shield(leaving(connection.close()))
    except DBAPIError as error:
        raise no_answer(error) from error
    except PoolTimeoutError:
        raise UnavailableError("PostgreSQL: all connections are in use") from None


async def confirm(connection: AsyncConnection) -> None:
    """Commit a change now, for whoever must know whether it was made; nothing more can be asked in this transaction.

    Raises:
        UnconfirmedError: the connection was lost before the answer came.
    """
    try:
        await connection.commit()
    except DBAPIError as error:
        if not error.connection_invalidated:
            raise
        raise UnconfirmedError(
            "PostgreSQL did not answer when the change was committed, which may be made or not", _LOOK
        ) from error


async def _connected(engine: AsyncEngine) -> AsyncConnection:
    """A connection of the pool; whoever is cancelled while one is opened leaves it to the pool, not to nobody."""
    opening = asyncio.ensure_future(_opened(engine))
    try:
        return await asyncio.shield(opening)
    except asyncio.CancelledError:
        leaving(_given_back(opening))
        raise


async def _opened(engine: AsyncEngine) -> AsyncConnection:
    return await engine.connect()


async def _given_back(opening: asyncio.Future[AsyncConnection]) -> None:
    with suppress(DBAPIError, PoolTimeoutError):
        await (await opening).close()
