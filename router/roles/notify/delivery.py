"""One claimed call: render it, make it, store what came of it. Never raises; a crash lapses with the lease."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Final

import structlog

from router.core.engine import Claim
from router.core.model.instant import Instant
from router.core.slack.answer import Accepted, Answer, Limited, Refused, Unreached, name
from router.core.slack.call import call_for
from router.core.slack.message import SlackMessage
from router.core.slack.new_block import NewBlock
from router.errors import UnavailableError
from router.observe.incident import Incident
from router.observe.metrics import Metrics
from router.ports.clock import Clock
from router.ports.slack import Slack, Verdict
from router.roles.notify.in_flight import Delivery
from router.roles.notify.lessons import Lessons
from router.roles.notify.rendering import Rendering
from router.roles.notify.settlement import Settlement
from router.roles.notify.taken import is_about_blocks, suspects
from router.roles.polling import end_if_cancelled

_RETRY_S: Final = 0.2


class DeliveryWorker:
    """The last two steps of the way: render and deliver."""

    def __init__(
        self,
        slack: Slack,
        rendering: Rendering,
        lessons: Lessons,
        settlement: Settlement,
        clock: Clock,
        metrics: Metrics,
    ) -> None:
        self._slack = slack
        self._rendering = rendering
        self._lessons = lessons
        self._settlement = settlement
        self._clock = clock
        self._metrics = metrics
        self._waits = Incident()
        self._log = structlog.get_logger("router.delivery")

    async def settle(self, delivery: Delivery, answer: Answer) -> None:
        """Settle the call, however long Redis takes to answer."""
        self._metrics.slack_calls.labels(method=delivery.claim.notification.op, answer=name(answer)).inc()
        if isinstance(answer, Limited):
            await self._until_done(delivery, partial(self._lessons.hold, delivery, answer))
        await asyncio.gather(
            self._until_done(delivery, partial(self._lessons.answered, delivery, answer)),
            self._until_done(delivery, partial(self._settlement.settle, delivery, answer)),
        )
        if delivery.shown:
            await self._until_done(delivery, partial(self._settlement.members.settle, delivery, answer))

    async def take_back(self, delivery: Delivery) -> None:
        """Undo a claim of which nobody knows whether it was stored, however long Redis takes to answer."""
        give_back = partial(self._lessons.give_back, delivery)
        await self._until_done(delivery, partial(self._settlement.take_back, delivery, give_back))

    async def _until_done(self, delivery: Delivery, work: Callable[[], Awaitable[None]]) -> None:
        """Each part is done once: a hold that is stored again would begin again."""
        while True:
            try:
                await work()
            except UnavailableError as error:
                self._metrics.store_errors.labels(role="settle").inc()
                if self._waits.happens(str(error)):
                    tenant, times = delivery.tenant.tenant_id, self._waits.times
                    self._log.warning("settle_waits", error=str(error), tenant=tenant, times=times)
                end_if_cancelled()
                await asyncio.sleep(_RETRY_S)
            else:
                self._waits.ends()
                return

    async def call(self, delivery: Delivery) -> Answer:
        """Make the call, once; what cannot be rendered, or comes too late, is not made."""
        claim = delivery.claim
        now = await self._now(claim)
        if now >= claim.lease.until:
            return Unreached("lease_lapsed")  # stalled: somebody else may have gone on
        message = self._rendering.render(delivery, now)
        if message is None:
            return Refused("render_failed")
        answer = await self._send(delivery, message)
        if isinstance(answer, Accepted):
            self._lessons.tried(delivery, message.new_blocks, Verdict.TAKEN)
        return await self._without_new_blocks(delivery, message, answer) if is_about_blocks(answer) else answer

    async def _send(self, delivery: Delivery, message: SlackMessage) -> Answer:
        claim = delivery.claim
        op, shown = claim.notification.op, claim.snapshot.posted
        call = call_for(op, shown, delivery.request.channel, message, claim.lease.delivery_id)
        return await self._slack.send(delivery.token, call)

    async def _without_new_blocks(self, delivery: Delivery, message: SlackMessage, refused: Answer) -> Answer:
        """Slack has refused a message, and so done nothing: the same call without what its workspace may not take.

        The call is made again only while half of its lease is left. Only a message that is taken proves that what it
        was left without was the reason.
        """
        claim, workspace, taken = delivery.claim, delivery.request.workspace, self._rendering.taken
        for blocks in suspects(message.new_blocks):
            now = await self._now(claim)
            if now - claim.claimed_at > (claim.lease.until - claim.claimed_at) // 2:
                return refused
            taken.refuse(workspace, blocks)
            simpler = self._rendering.render(delivery, now)
            answer = refused if simpler is None else await self._send(delivery, simpler)
            if isinstance(answer, Accepted):
                self._count(delivery, blocks)
                return answer
            taken.allow(workspace, blocks)
            if not is_about_blocks(answer):
                return answer
        return refused

    def _count(self, delivery: Delivery, refused: frozenset[NewBlock]) -> None:
        self._lessons.tried(delivery, refused, Verdict.REFUSED)
        self._log.warning("blocks_refused", tenant=delivery.tenant.tenant_id, blocks=sorted(refused))
        for block in refused:
            self._metrics.blocks_refused.labels(block=block).inc()

    async def _now(self, claim: Claim) -> Instant:
        try:
            return await self._clock.now()
        except UnavailableError:
            return claim.claimed_at
