"""The calls in flight: each beside the turns, as far as there are places."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Final, Protocol

import structlog

from router.core.context.context import NO_CONTEXT, Context
from router.core.decide.policy import Policy
from router.core.engine import Claim, Shown
from router.core.model.alert import TenantId
from router.core.model.group import NO_SPAN
from router.core.model.instant import NEVER, Instant, Span
from router.core.model.rules.tenant import Tenant
from router.core.slack.answer import Answer
from router.ports.budget import BudgetRequest
from router.roles.notify.places import Places
from router.roles.notify.watch import Watch

SETTLE_S: Final = 1.0
"""Seconds for which a call keeps its place after Slack's answer: while the tenant's part of Redis is away, others
may have it."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """Everything that one call needs."""

    tenant: Tenant
    policy: Policy
    token: str = field(repr=False)
    claim: Claim
    request: BudgetRequest
    shown: Sequence[Shown] = ()
    """What the call of a digest shows of each group."""
    context: Context = NO_CONTEXT
    """What is shown beside the alerts, but for a chart."""
    budget_wait: Span = NO_SPAN
    """For how long of the time since it was due it had waited for a budget."""
    due: Instant = NEVER
    """Since when what it shows should have been shown, by the tenant's own rules; NEVER where that is nothing new."""
    trace: str = ""
    """The id of its trace, where that is recorded."""


class Deliveries(Protocol):
    """Makes claimed calls and stores what came of them."""

    async def call(self, delivery: Delivery) -> Answer:
        """Make the call."""

    async def settle(self, delivery: Delivery, answer: Answer) -> None:
        """Store what came of it."""

    async def take_back(self, delivery: Delivery) -> None:
        """Undo its claim, if that was stored: the call is not made."""


class InFlight:
    """Runs deliveries, each in its place; `wake` is called when one has ended."""

    def __init__(self, deliveries: Deliveries, places: Places, watch: Watch, wake: Callable[[], None]) -> None:
        self._deliveries = deliveries
        self._places = places
        self._watch = watch
        self._wake = wake
        self._running: set[asyncio.Task[None]] = set()
        self._log = structlog.get_logger("router.in_flight")

    def send(self, delivery: Delivery) -> None:
        """Begin a call that has its place; the place is given back when it has ended."""
        self._begin(self._run(delivery))

    def take_back(self, delivery: Delivery) -> None:
        """Begin to undo a claim whose answer was lost: whether it was stored is found out beside the turns."""
        self._begin(self._take_back(delivery))

    def _begin(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _run(self, delivery: Delivery) -> None:
        tenant, workspace = delivery.tenant.tenant_id, delivery.request.workspace
        with ExitStack() as place:
            place.callback(self._leave, tenant, workspace)
            try:
                with self._watch.over(tenant, workspace):
                    answer = await self._deliveries.call(delivery)
                await self._settle(delivery, answer, place)
            except Exception as error:  # noqa: BLE001 - logged; the call lapses with its lease
                self._log.error("call_failed", tenant=tenant, exc_info=error)

    async def _take_back(self, delivery: Delivery) -> None:
        try:
            await self._deliveries.take_back(delivery)
        except Exception as error:  # noqa: BLE001 - logged; the claim lapses with its lease
            self._log.error("call_failed", tenant=delivery.tenant.tenant_id, exc_info=error)
        self._wake()

    async def _settle(self, delivery: Delivery, answer: Answer, place: ExitStack) -> None:
        late = asyncio.get_running_loop().call_later(SETTLE_S, place.close)
        try:
            await self._deliveries.settle(delivery, answer)
        finally:
            late.cancel()

    def _leave(self, tenant: TenantId, workspace: str) -> None:
        self._places.give_back(tenant, workspace)
        self._wake()

    async def drain(self) -> None:
        """Wait for the calls in flight; what cannot be settled in time is left to its lease."""
        if self._running:
            _, late = await asyncio.wait(self._running, timeout=self._places.limits.drain_s)
            for call in late:
                call.cancel()
            await asyncio.gather(*late, return_exceptions=True)
