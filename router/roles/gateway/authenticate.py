"""Who may send for which tenant, and how much: a copy of all token digests, and a quota of alerts per tenant.

The copy outlives Redis; Redis is asked before a token is called unknown. The quota is this process's own.
"""

import asyncio
import hashlib
from collections.abc import Callable
from typing import Final

import structlog

from router.core.budget import gcra
from router.core.model.alert import TenantId
from router.core.model.instant import NEVER, SECOND, Instant
from router.core.model.tenant import Rate
from router.errors import UnavailableError
from router.ports import Tokens

_POLL_S: Final = 1.0


class Senders:
    """The tokens of all tenants, by digest."""

    def __init__(self, tokens: Tokens) -> None:
        self._repository = tokens
        self._tenants: dict[str, TenantId] = {}
        self._log = structlog.get_logger("router.senders")
        self.loaded = False

    async def load(self) -> None:
        """Copy all digests; the last copy stays when Redis has lost its data."""
        newest = await self._repository.all()
        if self._tenants and not newest and await self._repository.nothing_is_known():
            self._log.error("tokens_lost", kept=len(self._tenants))
        else:
            self._tenants = newest
        self.loaded = True

    async def watch(self) -> None:
        """Follow changes until cancelled; the last copy stays when Redis is away."""
        while True:
            await asyncio.sleep(_POLL_S)
            try:
                await self.load()
            except UnavailableError as error:
                self._log.warning("tokens_unreachable", error=str(error))

    async def tenant_of(self, token: str) -> TenantId | None:
        """Whose token this is.

        Raises:
            UnavailableError: it is not in the copy, and Redis cannot be asked.
        """
        digest = hashlib.sha256(token.encode()).hexdigest()
        return self._tenants.get(digest) or await self._repository.tenant_of(digest)


class Quota:
    """Alerts per tenant, by the limiter's own algorithm."""

    def __init__(self, clock: Callable[[], Instant]) -> None:
        self._clock = clock
        self._arrivals: dict[TenantId, Instant] = {}

    def take(self, tenant: TenantId, rate: Rate, alerts: int) -> int:
        """0, or in how many seconds to come back with as many alerts."""
        verdict = gcra.take([rate], [self._arrivals.get(tenant, NEVER)], self._clock(), alerts)
        if isinstance(verdict, gcra.Wait):
            return -(-verdict.retry_after // SECOND)
        [self._arrivals[tenant]] = verdict.arrivals
        return 0
