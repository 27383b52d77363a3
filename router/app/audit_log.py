"""The audit log in PostgreSQL, opened for one command; imports what the extra `control` installs."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from router.adapters.postgres import engine
from router.adapters.postgres.audit import StoredAudit


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[StoredAudit]:
    """The log of the database with this address.

    Raises:
        ConfigurationError: it is not the address of one.
    """
    async with engine.opened(url) as pool:
        yield StoredAudit(pool)
