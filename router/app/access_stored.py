"""Who may do what: by the stored access document, which is looked at each second, and by a file, which is the root.

A version that cannot be read, or that PostgreSQL does not hand out now, leaves the last good one in force.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from time import monotonic
from typing import Final

import structlog

from router.adapters.postgres.access import RecordedAccess
from router.control.access.compiling import compile_access
from router.control.access.joined import joined
from router.control.access.reading import read_access
from router.control.access.table import NOBODY, AccessTable
from router.errors import ConfigurationError, UnavailableError
from router.observe.incident import Incident
from router.ports.control import KeptVersion
from router.roles.polling import poll

LOOK_EACH_S: Final = 1.0
"""Seconds between two looks at the record: after so many a change holds in every process of the API."""

_log = structlog.get_logger("router.app")


class StoredAccess:
    """What is stored, as it was found last, joined with the root."""

    def __init__(self, versions: RecordedAccess, root: Callable[[], AccessTable]) -> None:
        self._versions = versions
        self._root = root
        self._number: int | None = None
        self._stored = NOBODY
        self._joined = (NOBODY, NOBODY, NOBODY)
        self._refused = Incident(monotonic)

    def table(self) -> AccessTable:
        """Who may do what.

        Raises:
            UnavailableError: what is stored was not found yet.
        """
        if self._number is None:
            raise UnavailableError("PostgreSQL has not said yet who may do what")
        root = self._root()
        if self._joined[:2] != (root, self._stored):
            self._joined = root, self._stored, joined(root, self._stored)
        return self._joined[2]

    async def look(self) -> None:
        """Take over a newer version.

        Raises:
            UnavailableError: PostgreSQL does not answer.
        """
        if self._number == await self._versions.number():
            return
        newest = await self._versions.newest()
        if newest is not None:
            self._take(newest)
        self._number = newest.version if newest else 0

    async def run(self, each_s: float = LOOK_EACH_S) -> None:
        """Look again and again."""
        await poll(each_s, self.look, "access_document_unavailable")

    def _take(self, newest: KeptVersion) -> None:
        try:
            self._stored = compile_access(read_access(newest.text, f"version {newest.version}"))
        except ConfigurationError as error:
            if self._refused.happens(str(error)):
                _log.error("access_document_refused", findings=[str(one) for one in error.diagnostics])
            return
        self._refused.ends()
        _log.info("access_document_in_force", version=newest.version)


@asynccontextmanager
async def stored_access(versions: RecordedAccess, root: Callable[[], AccessTable]) -> AsyncIterator[StoredAccess]:
    """What is stored, looked at until this ends; where PostgreSQL is away it is found later."""
    access = StoredAccess(versions, root)
    with suppress(UnavailableError):
        await access.look()
    looking = asyncio.create_task(access.run())
    try:
        yield access
    finally:
        looking.cancel()
        await asyncio.gather(looking, return_exceptions=True)
