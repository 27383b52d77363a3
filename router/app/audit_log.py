"""The audit log in PostgreSQL, opened for one command; imports what the extra `control` installs."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from router.adapters.postgres.audit import StoredAudit
from router.adapters.postgres.engine import new_engine


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[StoredAudit]:
    """The log of the database with this address.

    Raises:
        ConfigurationError: it is not the address of one.
    """
    engine = new_engine(url)
    try:
        yield StoredAudit(engine)
    finally:
        await engine.dispose()
