"""A tenant's fallback receiver is notified of a dead channel of another one: now and then, within the budgets."""

import asyncio
import secrets
from dataclasses import dataclass
from typing import Final

import structlog

from router.core.budget.buckets import WorkspaceRates, buckets_for
from router.core.model.instant import MINUTE, SECOND, Span
from router.core.model.operation import Method, Op
from router.core.model.rules.receiver import Receiver
from router.core.render.notices.dead_channel import render_dead_channel
from router.core.slack.answer import Accepted, Answer, HoldScope, Limited, Unreached, name
from router.core.slack.call import post
from router.core.slack.message import SlackMessage
from router.errors import UnavailableError
from router.ports.budget import BudgetRequest, Limiter
from router.ports.marks import Notices
from router.ports.slack import Slack
from router.ports.tenants import Localizations
from router.roles.beside import Beside
from router.roles.notify.in_flight import Delivery
from router.roles.tenants import ActiveTenants

INTERVAL: Final = Span(30 * MINUTE)
"""So often the same channel is worth a message."""
PATIENCE: Final = MINUTE
"""For a budget that takes longer nobody waits: the next try of the dead channel is a new occasion."""
ATTEMPT: Final = Span(2 * MINUTE)
"""For so long nobody else notifies; who did not manage to in that time leaves the occasion to the next one."""


@dataclass(frozen=True, slots=True)
class FallbackOptions:
    """How fast Slack is called, and how long one call may take."""

    rates: WorkspaceRates
    lease: Span


class Fallback:
    """Posts the messages, each beside what found the channel dead; none for a tenant for which nothing is sent."""

    def __init__(
        self,
        slack: Slack,
        limiter: Limiter,
        localizations: Localizations,
        notices: Notices,
        tenants: ActiveTenants,
        options: FallbackOptions,
    ) -> None:
        self._slack = slack
        self._limiter = limiter
        self._localizations = localizations
        self._notices = notices
        self._tenants = tenants
        self._options = options
        self._beside = Beside()
        self._log = structlog.get_logger("router.fallback")

    def notify(self, delivery: Delivery, error: str) -> None:
        """Begin to notify the tenant's fallback, if it names one that is elsewhere."""
        tenant, dead = delivery.tenant, delivery.policy.receiver
        receiver = tenant.receivers.get(tenant.fallback) if tenant.fallback else None
        if receiver is None or receiver.channel in {dead.channel, delivery.request.channel}:
            return
        self._beside.begin(self._notify_once(delivery, receiver, error))

    async def settled(self) -> None:
        """Wait until nobody is being notified."""
        await self._beside.settled()

    async def close(self) -> None:
        """Stop notifying."""
        await self._beside.close()

    async def _notify_once(self, delivery: Delivery, receiver: Receiver, error: str) -> None:
        tenant, dead = delivery.tenant.tenant_id, delivery.policy.receiver.channel
        try:
            if not await self._notices.first(tenant, dead, ATTEMPT):
                return
            answer = await self._post(delivery, receiver, error)
            if isinstance(answer, Accepted):
                await self._notices.note(tenant, dead, INTERVAL)
            else:
                await self._notices.forget(tenant, dead)
            log = self._log.info if isinstance(answer, Accepted) else self._log.warning
            event = "fallback_notified" if isinstance(answer, Accepted) else "fallback_not_notified"
            log(event, tenant=tenant, channel=dead, receiver=receiver.name, answer=name(answer))
        except UnavailableError as unavailable:
            self._log.warning("fallback_waits", tenant=tenant, error=str(unavailable))
        except Exception as failure:  # noqa: BLE001 - logged; the next try of the channel is a new occasion
            self._log.error("fallback_failed", tenant=tenant, exc_info=failure)

    async def _post(self, delivery: Delivery, receiver: Receiver, error: str) -> Answer:
        request = await self._request(delivery, receiver)
        message = self._message(delivery, receiver, error)
        wait = await self._granted_after(request)
        if wait:
            return Limited(wait, HoldScope.CHANNEL)
        try:
            if self._tenants.hold.is_on or self._tenants.is_silent(delivery.tenant.tenant_id):
                return Unreached("on_hold")
            answer = await self._slack.send(delivery.token, post(request.channel, message, request.delivery_id))
        finally:
            await self._limiter.release(request)
        if isinstance(answer, Limited):
            await self._limiter.hold(request, answer.scope, answer.retry_after)
        return answer

    async def _granted_after(self, request: BudgetRequest) -> Span:
        """0 once the budget is there; else how long it would still take, if that is too long."""
        until = asyncio.get_running_loop().time() + PATIENCE / SECOND
        while wait := (await self._limiter.take([request]))[0]:
            if asyncio.get_running_loop().time() + wait / SECOND > until:
                return wait
            await asyncio.sleep(wait / SECOND)
        return Span(0)

    async def _request(self, delivery: Delivery, receiver: Receiver) -> BudgetRequest:
        workspace, unique = delivery.request.workspace, secrets.token_hex(8)
        channel = await self._limiter.channel_id(workspace, receiver.channel)
        return BudgetRequest(
            request_id=f"notice/{unique}",
            workspace=workspace,
            method=Method.POST,
            channel=channel,
            buckets=buckets_for(Op.REPLY_BROADCAST, delivery.tenant, channel, self._options.rates),
            alone_for=self._options.lease,
            delivery_id=unique,
            tenant=delivery.tenant.tenant_id,
        )

    def _message(self, delivery: Delivery, receiver: Receiver, error: str) -> SlackMessage:
        localizer = self._localizations.localizer(receiver.locale, delivery.tenant.time_zone, receiver.layout)
        return render_dead_channel(delivery.policy.receiver, error, localizer.built_in)
