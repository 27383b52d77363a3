"""Connections to PostgreSQL, pooled, and what its errors mean.

Statements are never prepared, so that a pooler of transactions may stand in between.
"""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Final
from weakref import WeakKeyDictionary

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import Pool, QueuePool

from router.errors import ConfigurationError, UnavailableError

_DRIVER: Final = "postgresql+psycopg"
_CONNECT_S: Final = 5
_WAIT_S: Final = 10.0
_STATEMENT_MS: Final = 15_000
_LEAVING: Final = set[asyncio.Task[None]]()
_TURNS: Final = WeakKeyDictionary[Pool, asyncio.Semaphore]()


def new_engine(url: str, size: int = 4) -> AsyncEngine:
    """A pool of at most `size` connections; nothing is opened yet. Whoever opens it disposes of it.

    Raises:
        ConfigurationError: the URL is not valid.
    """
    options = f"-c statement_timeout={_STATEMENT_MS} -c idle_in_transaction_session_timeout={_STATEMENT_MS}"
    return create_async_engine(
        dialect_url(url),
        pool_size=size,
        max_overflow=0,
        pool_timeout=_WAIT_S,
        pool_pre_ping=True,
        hide_parameters=True,
        connect_args={"prepare_threshold": None, "connect_timeout": _CONNECT_S, "options": options},
    )


@asynccontextmanager
async def opened(url: str, size: int = 4) -> AsyncIterator[AsyncEngine]:
    """The same pool, disposed of at the end, with what is still on its way back to it."""
    engine = new_engine(url, size)
    try:
        yield engine
    finally:
        try:
            await _all_back()
        finally:
            await engine.dispose()


@asynccontextmanager
async def turn(engine: AsyncEngine) -> AsyncIterator[None]:
    """A place among as many as there are connections, in the order of asking; whoever gives up leaves the line.

    The pool's own line has no order: who comes as a connection does takes it, and one that was cancelled waits on.

    Raises:
        UnavailableError: all of them were in use for too long.
    """
    turns = _turns(engine.pool)
    try:
        async with asyncio.timeout(_WAIT_S):
            await turns.acquire()
    except TimeoutError:
        raise UnavailableError("PostgreSQL: all connections are in use") from None
    try:
        yield
    finally:
        turns.release()


def _turns(pool: Pool) -> asyncio.Semaphore:
    """Those of a pool, which engines with other options share."""
    if not isinstance(pool, QueuePool):
        raise TypeError("a pool without a bound has no turns")
    return _TURNS.setdefault(pool, asyncio.Semaphore(pool.size()))


def leaving(going: Coroutine[None, None, None]) -> asyncio.Task[None]:
    """A connection on its way back to its pool; whoever closes the pool waits for it, if nobody does before."""
    task = asyncio.create_task(going)
    _LEAVING.add(task)
    task.add_done_callback(_LEAVING.discard)
    return task


async def _all_back() -> None:
    here = asyncio.get_running_loop()
    while leaving_here := [one for one in _LEAVING if one.get_loop() is here]:
        await asyncio.wait(leaving_here)


def dialect_url(url: str) -> URL:
    """The URL with the one driver that is used.

    Raises:
        ConfigurationError: it is not one of PostgreSQL.
    """
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise ConfigurationError("not the URL of a database: postgresql://USER:PASSWORD@HOST:PORT/DATABASE") from None
    if not parsed.drivername.startswith(("postgresql", "postgres")):
        raise ConfigurationError("not a URL of PostgreSQL: postgresql://USER:PASSWORD@HOST:PORT/DATABASE")
    return parsed.set(drivername=_DRIVER)


def plain_url(url: str) -> str:
    """The URL as psycopg takes it."""
    return dialect_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def no_answer(error: DBAPIError) -> UnavailableError:
    """The error as the rest of the program knows it; what was asked is not repeated, since it may hold secrets."""
    return UnavailableError(f"PostgreSQL: {str(error.orig).strip().splitlines()[0]}")
