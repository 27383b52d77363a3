"""Events from the outbox to Kafka. An event is removed after Kafka has it, so it may come twice and is never lost."""

import asyncio
import json
from typing import Final

import structlog

from router.core.model.alert import TenantId
from router.errors import UnavailableError
from router.ports import Log, Outbox

_RETRY_S: Final = 1.0


class Relay:
    """The way of events to `alerts.events`."""

    def __init__(self, outbox: Outbox, log: Log, topic: str) -> None:
        self._outbox = outbox
        self._log = log
        self._topic = topic
        self._waiting: dict[TenantId, None] = {}
        self._news = asyncio.Event()
        self._logger = structlog.get_logger("router.relay")

    def look_at(self, tenant: TenantId) -> None:
        """There may be events of this tenant."""
        self._waiting[tenant] = None
        self._news.set()

    async def run(self) -> None:
        """Relay until cancelled."""
        while True:
            await self._news.wait()
            self._news.clear()
            await self.flush()

    async def flush(self) -> None:
        """Relay what is there; what fails is tried again later."""
        while self._waiting:
            tenant = next(iter(self._waiting))
            del self._waiting[tenant]
            try:
                await self._relay(tenant)
            except UnavailableError as error:
                self._logger.warning("relay_waits", error=str(error))
                self._waiting[tenant] = None
                await asyncio.sleep(_RETRY_S)

    async def _relay(self, tenant: TenantId) -> None:
        while events := await self._outbox.read(tenant):
            for _, event in events:
                key = f"{tenant}/{json.loads(event)['notification']}".encode()
                await self._log.append(self._topic, event.encode(), key, [("content-type", b"application/json")])
            await self._outbox.remove(tenant, [entry for entry, _ in events])
