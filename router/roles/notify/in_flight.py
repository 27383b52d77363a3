"""The calls in flight: each beside the turns, bounded in all, per tenant and per workspace.

A slow workspace, however many tenants share it, leaves places for the others.
"""

import asyncio
from collections import Counter
from collections.abc import Callable

import structlog

from router.core.model.alert import TenantId
from router.roles.notify.delivery import Courier, Errand
from router.roles.policies import Platform


class Calls:
    """Runs errands."""

    def __init__(self, courier: Courier, platform: Platform, wake: Callable[[], None]) -> None:
        self._courier = courier
        self._platform = platform
        self._wake = wake
        self._running: set[asyncio.Task[None]] = set()
        self._in_flight: Counter[str] = Counter()
        self._log = structlog.get_logger("router.calls")

    def free(self, tenant: TenantId, workspace: str) -> int:
        """How many more calls there is room for."""
        own = self._platform.in_flight_per_tenant - self._in_flight[tenant]
        shared = self._platform.in_flight_per_workspace - self._in_flight[workspace]
        return max(0, min(own, shared, self._platform.in_flight - len(self._running)))

    def send(self, errand: Errand) -> None:
        """Begin a call; whoever waits for news hears of its end."""
        tenant, workspace = errand.tenant.tenant_id, errand.call.workspace
        task = asyncio.create_task(self._courier.run(errand))
        self._running.add(task)
        self._in_flight.update((tenant, workspace))

        def ended(task: asyncio.Task[None]) -> None:
            self._running.discard(task)
            self._in_flight.subtract((tenant, workspace))
            if not task.cancelled() and (error := task.exception()) is not None:
                self._log.error("call_failed", tenant=tenant, exc_info=error)
            self._wake()

        task.add_done_callback(ended)

    async def drain(self) -> None:
        """Wait for the calls in flight; what cannot be settled in time is left to its lease."""
        if self._running:
            _, late = await asyncio.wait(self._running, timeout=self._platform.drain_s)
            for call in late:
                call.cancel()
            await asyncio.gather(*late, return_exceptions=True)
