"""One claimed call: render it, make it, store what came of it. Never raises; a crash lapses with the lease."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import structlog

from router.core.decide.notification import Telling
from router.core.deliver.applied import Claim
from router.core.deliver.settle import settle
from router.core.model.event import EventKind
from router.core.model.group import Notification, Op, Place
from router.core.model.instant import SECOND, Instant
from router.core.model.tenant import Receiver, Tenant
from router.core.model.transition import Step
from router.core.render.localizer import Wording
from router.core.render.render import render, render_plain
from router.core.slack.message import SlackMessage
from router.core.slack.outcome import Accepted, Answer, ChannelDead, Limited, Refused, Unreached, name
from router.errors import UnavailableError
from router.observe.telemetry import Metrics
from router.ports import Applied, Call, Clock, Limiter, Notifications, Slack, Turns, Words, Write
from router.roles.policies import Platform, keep_for, policy_for

_RETRY_S: Final = 0.2

Renders = Callable[[Notification, Telling, Receiver, Tenant, Wording, Instant], SlackMessage]


@dataclass(frozen=True, slots=True)
class Errand:
    """Everything that one call needs."""

    tenant: Tenant
    receiver: Receiver
    token: str
    claim: Claim
    call: Call


class Courier:
    """The last two steps of the way: render and deliver."""

    def __init__(
        self,
        slack: Slack,
        store: Notifications,
        limiter: Limiter,
        turns: Turns,
        words: Words,
        clock: Clock,
        platform: Platform,
        metrics: Metrics,
    ) -> None:
        self._slack = slack
        self._store = store
        self._limiter = limiter
        self._turns = turns
        self._words = words
        self._clock = clock
        self._platform = platform
        self._metrics = metrics
        self._log = structlog.get_logger("router.courier")

    async def run(self, errand: Errand) -> None:
        """Make the call and settle it, however long Redis takes to answer."""
        answer = await self._deliver(errand)
        self._metrics.slack_calls.labels(method=errand.claim.telling.op, answer=name(answer)).inc()
        while True:
            try:
                await self._after(errand, answer)
                await self._settle(errand, answer)
            except UnavailableError as error:
                self._log.warning("settle_waits", error=str(error), tenant=errand.tenant.tenant_id)
                await asyncio.sleep(_RETRY_S)
            else:
                return

    async def _deliver(self, errand: Errand) -> Answer:
        now = await self._now(errand.claim)
        if now >= errand.claim.delivery.until:
            return Unreached("lease_lapsed")  # stalled: somebody else may have gone on
        message = self._render(errand, render, now) or self._render(errand, render_plain, now)
        return await self._call(errand, message) if message is not None else Refused("render_failed")

    async def _call(self, errand: Errand, message: SlackMessage) -> Answer:
        claim = errand.claim
        delivery_id, op = claim.delivery.delivery_id, claim.telling.op
        place = claim.snapshot.place
        match op:
            case Op.EDIT if place is not None:
                return await self._slack.edit(errand.token, place, message, delivery_id)
            case Op.REPLY_ALOUD | Op.REPLY_PLAIN if place is not None:
                aloud = op is Op.REPLY_ALOUD
                return await self._slack.reply(errand.token, place, message, delivery_id, aloud=aloud)
            case _:
                return await self._slack.post(errand.token, errand.call.channel, message, delivery_id)

    def _render(self, errand: Errand, renders: Renders, now: Instant) -> SlackMessage | None:
        """The message; None if it cannot be rendered: an alert must arrive, whatever it says or a template does."""
        tenant, receiver, claim = errand.tenant, errand.receiver, errand.claim
        try:
            wording = self._words.wording(receiver.locale, tenant.time_zone, receiver.layout)
            return renders(claim.snapshot, claim.telling, receiver, tenant, wording, now)
        except Exception:  # noqa: BLE001 - logged, counted, and answered with the plain message
            self._metrics.render_failures.inc()
            self._log.exception("render_failed", tenant=tenant.tenant_id, notification=_id(claim.snapshot))
            return None

    async def _now(self, claim: Claim) -> Instant:
        try:
            return await self._clock.now()
        except UnavailableError:
            return claim.claimed_at

    async def _after(self, errand: Errand, answer: Answer) -> None:
        """What the workspace learns from the answer, before anybody else asks for its budget."""
        call = errand.call
        if isinstance(answer, Limited):
            await self._limiter.hold(call, answer.scope, answer.retry_after)
        if call.alone_for:
            await self._limiter.release(call)
        if isinstance(answer, Accepted) and call.channel.startswith("#"):
            await self._limiter.learn_channel_id(call.workspace, call.channel, answer.channel)
        if isinstance(answer, ChannelDead):
            await self._limiter.forget_channel_id(call.workspace, errand.receiver.channel)

    async def _settle(self, errand: Errand, answer: Answer) -> None:
        claim, tenant = errand.claim, errand.tenant
        current: Notification | None = claim.snapshot
        while current is not None:
            now = await self._clock.now()
            policy = policy_for(tenant, claim.snapshot, self._platform)
            step = settle(current, claim, answer, policy, now)
            write = Write(tenant.tenant_id, current, step, now, keep_for(tenant, current))
            [applied] = await self._store.apply([write])
            if applied is Applied.OK:
                self._report(errand, answer, step, now)
                await self._turns.offer({tenant.tenant_id: now})
                return
            if applied is Applied.REBUILD:
                raise UnavailableError(f"Redis holds no data of tenant {tenant.tenant_id!r} any more")
            [current] = await self._store.load(tenant.tenant_id, [claim.snapshot.key.group_id])

    def _report(self, errand: Errand, answer: Answer, step: Step, now: Instant) -> None:
        """The one log line of a telling, and its metrics."""
        claim = errand.claim
        for event in step.events:
            if event.kind is EventKind.PARKED:
                self._metrics.parked.labels(reason=name(answer)).inc()
            elif event.kind is EventKind.DELIVERED and not claim.telling.op.is_reply:
                self._metrics.tellings.labels(reason=claim.telling.reason).inc()
                if event.received_at:
                    self._metrics.shown.observe(max(0, now - event.received_at) / SECOND)
        self._log.info(
            "notification_told" if isinstance(answer, Accepted) else "notification_not_told",
            tenant=errand.tenant.tenant_id,
            notification=_id(claim.snapshot),
            receiver=errand.receiver.name,
            op=claim.telling.op,
            reason=claim.telling.reason,
            answer=name(answer),
            error=getattr(answer, "error", None),
            channel=_channel(answer, claim.snapshot.place, errand.call.channel),
            told=step.books.told,
            attempt=claim.snapshot.attempts + 1,
            duration_ms=(now - claim.claimed_at) // 1000,
        )


def _id(notification: Notification) -> str:
    return notification.key.group_id


def _channel(answer: Answer, place: Place | None, asked: str) -> str:
    if isinstance(answer, Accepted):
        return answer.channel
    return place.channel if place is not None else asked
