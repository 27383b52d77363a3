"""The calls in flight: each beside the turns, bounded in all, per tenant and per workspace.

A slow workspace, however many tenants share it, leaves places for the others.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import structlog

from router.core.decide.policy import Policy
from router.core.engine import Claim
from router.core.model.alert import TenantId
from router.core.model.tenant import Tenant
from router.ports.budget import BudgetRequest


@dataclass(frozen=True, slots=True)
class Delivery:
    """Everything that one call needs."""

    tenant: Tenant
    policy: Policy
    token: str = field(repr=False)
    claim: Claim
    request: BudgetRequest


@dataclass(frozen=True, slots=True)
class InFlightLimits:
    """How many calls at once, and for how long those in flight may finish when the process stops."""

    total: int
    per_tenant: int
    per_workspace: int
    drain_s: float


class InFlight:
    """Runs deliveries; `wake` is called when one has ended."""

    def __init__(
        self, deliver: Callable[[Delivery], Awaitable[None]], limits: InFlightLimits, wake: Callable[[], None]
    ) -> None:
        self._deliver = deliver
        self._limits = limits
        self._wake = wake
        self._running: set[asyncio.Task[None]] = set()
        self._in_flight: Counter[str] = Counter()
        self._log = structlog.get_logger("router.in_flight")

    def free(self, tenant: TenantId, workspace: str) -> int:
        """How many more calls there is room for."""
        own = self._limits.per_tenant - self._in_flight[tenant]
        shared = self._limits.per_workspace - self._in_flight[workspace]
        return max(0, min(own, shared, self._limits.total - len(self._running)))

    def send(self, delivery: Delivery) -> None:
        """Begin a call."""
        self._in_flight.update((delivery.tenant.tenant_id, delivery.request.workspace))
        task = asyncio.create_task(self._run(delivery))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _run(self, delivery: Delivery) -> None:
        tenant, workspace = delivery.tenant.tenant_id, delivery.request.workspace
        try:
            await self._deliver(delivery)
        except Exception as error:  # noqa: BLE001 - logged; the call lapses with its lease
            self._log.error("call_failed", tenant=tenant, exc_info=error)
        finally:
            self._in_flight.subtract((tenant, workspace))
            self._wake()

    async def drain(self) -> None:
        """Wait for the calls in flight; what cannot be settled in time is left to its lease."""
        if self._running:
            _, late = await asyncio.wait(self._running, timeout=self._limits.drain_s)
            for call in late:
                call.cancel()
            await asyncio.gather(*late, return_exceptions=True)
