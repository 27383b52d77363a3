"""What reads much of an engine takes turns: a few at a time, one of each tenant: no tenant feels another."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from router.core.model.alert import TenantId
from router.http.problems import Problem

MAX_AT_ONCE: Final = 4
"""Requests that read much of an engine at a time, of all tenants."""

MAX_WAITING: Final = 8
"""Such requests of one tenant that are being answered, or wait for that."""

_PATIENCE_S: Final = 20.0
_COME_AGAIN_S: Final = 2


class Turns:
    """The turns of one process."""

    def __init__(self, patience_s: float = _PATIENCE_S) -> None:
        self._patience_s = patience_s
        self._free = asyncio.Semaphore(MAX_AT_ONCE)
        self._waiting = Counter[TenantId]()
        self._own = dict[TenantId, asyncio.Lock]()

    @asynccontextmanager
    async def of(self, tenant: TenantId) -> AsyncIterator[None]:
        """The turn of one request of a tenant.

        Raises:
            Problem: 429 where too many wait, 503 where it took too long.
        """
        if self._waiting[tenant] >= MAX_WAITING:
            raise Problem(429, "too-many-requests", "others of this tenant are being answered", _COME_AGAIN_S)
        self._waiting[tenant] += 1
        own = self._own.setdefault(tenant, asyncio.Lock())
        try:
            await self._taken(own)
            try:
                yield
            finally:
                self._free.release()
                own.release()
        finally:
            self._waiting[tenant] -= 1
            if not self._waiting[tenant]:
                del self._waiting[tenant], self._own[tenant]

    async def _taken(self, own: asyncio.Lock) -> None:
        """Wait for both."""
        try:
            async with asyncio.timeout(self._patience_s):
                await own.acquire()
                try:
                    await self._free.acquire()
                except BaseException:
                    own.release()
                    raise
        except TimeoutError:
            raise Problem(503, "unavailable", "too much is being answered", _COME_AGAIN_S) from None
