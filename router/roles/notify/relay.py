"""Events from the outbox to Kafka. An event is removed after Kafka has it, so it may come twice and is never lost."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

import structlog

from router.core.model.alert import TenantId
from router.errors import UnavailableError
from router.observe.incident import Incident
from router.observe.metrics import Metrics
from router.ports.kafka import RecordLog
from router.ports.state import EVENTS_AT_ONCE, Outbox, OutboxEntry
from router.roles.polling import end_if_cancelled

_RETRY_S: Final = 1.0
_HEADERS: Final = (("content-type", b"application/json"),)


class Relay:
    """The way of events to `alerts.events`."""

    def __init__(self, outbox: Outbox, records: RecordLog, topic: str, metrics: Metrics) -> None:
        self._outbox = outbox
        self._records = records
        self._topic = topic
        self._metrics = metrics
        self._waiting: dict[TenantId, None] = {}
        self._news = asyncio.Event()
        self._waits = Incident()
        self._log = structlog.get_logger("router.relay")

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
            end_if_cancelled()

    async def flush(self) -> None:
        """Relay what is there; what fails is tried again later, without keeping others' events waiting."""
        while self._waiting:
            self._news.clear()
            failed = [tenant for tenant in tuple(self._waiting) if not await self._try(tenant)]
            await self._measure(failed)
            if failed:
                with suppress(TimeoutError):
                    async with asyncio.timeout(_RETRY_S):
                        await self._news.wait()

    async def _measure(self, failed: Sequence[TenantId]) -> None:
        with suppress(UnavailableError):
            self._metrics.events_waiting.set(await self._outbox.waiting(failed) if failed else 0)

    async def _try(self, tenant: TenantId) -> bool:
        del self._waiting[tenant]
        try:
            await self._relay(tenant)
        except UnavailableError as error:
            self._metrics.store_errors.labels(role="relay").inc()
            if self._waits.happens(str(error)):
                self._log.warning("relay_waits", error=str(error), times=self._waits.times)
            self._waiting[tenant] = None
            return False
        self._waits.ends()
        return True

    async def _relay(self, tenant: TenantId) -> None:
        more = True
        while more and (events := await self._outbox.read(tenant)):
            await self._append(events)
            await self._outbox.remove(tenant, [one.entry for one in events])
            more = len(events) == EVENTS_AT_ONCE

    async def _append(self, events: Sequence[OutboxEntry]) -> None:
        """Append events together, and wait for them together; Kafka keeps the order in which they are handed over."""
        appended = await asyncio.gather(
            *(self._records.append(self._topic, one.event.encode(), one.key.encode(), _HEADERS) for one in events),
            return_exceptions=True,
        )
        for error in appended:
            if error is not None:
                raise error
