"""Budget: which of the heads may call now; the lanes of the others are looked at when they may."""

import asyncio
import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import structlog

from router.core import engine
from router.core.budget.buckets import WorkspaceRates, buckets_for, buckets_for_chart, sparing
from router.core.decide.notification import Notification
from router.core.model.instant import NEVER, SECOND, Instant, Span
from router.core.model.operation import Method, Op
from router.core.model.phase import Phase, tries_of
from router.core.model.rules.limits import Rate
from router.core.model.rules.tenant import Tenant
from router.observe.metrics import Metrics
from router.observe.problems import TenantProblem
from router.ports.budget import BudgetRequest, Limiter
from router.roles.notify.head import Head
from router.roles.notify.lanes import Lanes
from router.roles.notify.places import Places
from router.roles.waits import Waits

_LONG: Final = Span(10 * SECOND)
"""No budget makes a call wait for so long, as a rule."""
_log = structlog.get_logger("router.budget")


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """A head that has something to send, and the budget that its call asks for; equal to itself alone."""

    head: Head
    notification: Notification
    request: BudgetRequest
    asked_at: Instant
    gives_way_until: Instant = NEVER
    """Where there is no budget for it, it leaves its lane until then; NEVER: it waits there."""


@dataclass(frozen=True, slots=True)
class Granted:
    """Whose call may be made now, and who gives way to others."""

    now: Sequence[Candidate] = ()
    give_way: Sequence[Candidate] = ()


@dataclass(frozen=True, slots=True)
class Grants:
    """Takes budgets, all or nothing for each call."""

    limiter: Limiter
    places: Places
    lanes: Lanes
    rates: WorkspaceRates
    metrics: Metrics
    waits: Waits
    nonce: str = field(default_factory=lambda: secrets.token_hex(8))
    """Another one in each process: no two make the same call."""

    async def ask(
        self, tenant: Tenant, head: Head, notification: Notification, workspace: str, now: Instant
    ) -> Candidate:
        """What the call asks for; its request id stays the same until it was claimed, so it is charged once."""
        group, op = head.group, notification.op
        self.metrics.tenants.workspaces[tenant.tenant_id] = workspace
        channel = await self._channel(head, notification, workspace)
        gives_way_until = engine.gives_way_until(group, notification, head.policy, now)
        if gives_way_until <= now:
            gives_way_until = NEVER
        for_chart = group.is_for_a_chart_alone and op is Op.EDIT
        buckets = buckets_for_chart(self.rates) if for_chart else buckets_for(op, tenant, channel, self.rates)
        if op.method is Method.POST and channel.startswith("#"):
            buckets = (*buckets, *await self._of_last_id(workspace, channel))
        request_id = f"{tenant.tenant_id}/{group.key.group_id}-{group.sends}"
        request = BudgetRequest(
            request_id=request_id,
            workspace=workspace,
            method=op.method,
            channel=channel,
            buckets=sparing(buckets) if gives_way_until and not for_chart else buckets,
            alone_for=head.policy.times.lease if op.method is Method.POST else Span(0),
            delivery_id=self._delivery_id(request_id, group.phase),
            tenant=tenant.tenant_id,
        )
        return Candidate(head, notification, request, now, gives_way_until)

    def _delivery_id(self, request_id: str, phase: Phase) -> str:
        """The same until it was claimed: whoever lost the answer that the channel is free finds it held by itself."""
        unique = f"{self.nonce}/{request_id}/{tries_of(phase).since}"
        return hashlib.blake2b(unique.encode(), digest_size=8).hexdigest()

    async def granted(self, tenant: Tenant, candidates: Sequence[Candidate]) -> Granted:
        """Those whose call may be made now, each of which has a place, which whoever asked gives back."""
        now_s, placed = asyncio.get_running_loop().time(), list[Candidate]()
        for one in candidates:
            if self.places.free(tenant.tenant_id, one.request.workspace, now_s):
                self.places.take(tenant.tenant_id, one.request.workspace)
                placed.append(one)
        granted = Granted()
        try:
            granted = await self._within_budget(tenant, placed)
            late = [one for one in candidates if one not in placed]
            await asyncio.gather(*(
                self.lanes.wait_for_place(tenant.tenant_id, one.head.lane, one.request.workspace) for one in late
            ))  # fmt: skip
        except BaseException:
            self.leave(tenant, placed)
            raise
        self.leave(tenant, [one for one in placed if one not in granted.now])
        return granted

    def leave(self, tenant: Tenant, candidates: Sequence[Candidate]) -> None:
        """Give back the places of calls that are not made after all."""
        for one in candidates:
            self.places.give_back(tenant.tenant_id, one.request.workspace)

    async def _within_budget(self, tenant: Tenant, asking: Sequence[Candidate]) -> Granted:
        waits = await self.limiter.take([one.request for one in asking]) if asking else []
        answers = list(zip(asking, waits, strict=True))
        late = [(one, wait) for one, wait in answers if wait]
        self._note_refused(tenant, late)
        await asyncio.gather(*(self._look_into(tenant, one) for one, wait in late if wait > _LONG))
        stay = [(one, wait) for one, wait in late if not one.gives_way_until]
        await asyncio.gather(*(self.lanes.look_again(tenant.tenant_id, one.head.lane, wait) for one, wait in stay))
        return Granted([one for one, wait in answers if not wait], [one for one, _ in late if one.gives_way_until])

    def _note_refused(self, tenant: Tenant, late: Sequence[tuple[Candidate, Span]]) -> None:
        for one, wait in late:
            self.metrics.budget_waits.labels(method=one.request.method).inc()
            self.waits.refused(tenant.tenant_id, one.head.lane, one.asked_at, Instant(one.asked_at + wait))
            if one.gives_way_until:
                group = one.head.group.key.group_id
                self.waits.refused(tenant.tenant_id, group, one.asked_at, one.gives_way_until)

    def waited(self, tenant: Tenant, granted: Candidate, now: Instant) -> tuple[Instant, Span]:
        """Since when what is granted is due, NEVER where nothing is to be shown; how long budgets kept it waiting."""
        head = granted.head
        return self.waits.of(tenant.tenant_id, head.group, head.lane, head.policy.timing, now)

    async def _look_into(self, tenant: Tenant, late: Candidate) -> None:
        """Whether it waits for a dead channel: another tenant's call may have found out, with the same bot."""
        owner, channel = tenant.tenant_id, late.head.policy.receiver.channel
        if await self.limiter.is_closed(late.request.workspace, late.request.channel):
            self.metrics.problems.begin(owner, TenantProblem.CHANNEL_DEAD, channel)
            _log.warning("channel_closed", tenant=owner, channel=channel, receiver=late.head.policy.receiver.name)

    async def give_back(self, candidate: Candidate) -> None:
        """The call is not made after all, so the channel is free again."""
        if candidate.request.alone_for:
            await self.limiter.give_back(candidate.request)

    async def _of_last_id(self, workspace: str, name: str) -> tuple[tuple[str, Rate], ...]:
        """The budget of the ID that a name had last: as a rule it is the same channel, and replies go by its ID."""
        last = await self.limiter.last_channel_id(workspace, name)
        return ((f"channel:{last}", self.rates.channel),) if last else ()

    async def _channel(self, head: Head, notification: Notification, workspace: str) -> str:
        """Where the call goes: to the message that is there, else to the receiver's channel."""
        configured, message = head.policy.receiver.channel, head.group.posted
        if notification.op.method is Method.UPDATE or notification.op.is_reply:
            return message.channel if message is not None else configured
        return await self.limiter.channel_id(workspace, configured)
