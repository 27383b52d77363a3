"""Dispatch the head of each lane: decide once more, take its budget, claim it, send it.

All reads, budgets and claims of a turn are pipelined; the calls themselves run beside the turn. A head without
budget keeps folding in its lane; a lane is looked at again when its budget allows.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import structlog

from router.core import engine
from router.core.decide.notification import Notification
from router.core.model.instant import SECOND, Instant, Span
from router.core.model.key import GroupId
from router.core.model.operation import Lane, Method
from router.core.model.rules.tenant import Tenant
from router.core.slack.answer import Answer, TokenDead, name
from router.errors import SecretNotFoundError, UnavailableError
from router.ports.clock import Clock
from router.ports.state import ApplyResult
from router.roles.notify.credentials import Credentials, SlackCredential, Unknown
from router.roles.notify.grant import Candidate, Grants
from router.roles.notify.head import Head
from router.roles.notify.heads import NOTHING_KNOWN, Heads
from router.roles.notify.in_flight import Delivery, InFlight
from router.roles.transitions import Change, Transitions


@dataclass(frozen=True, slots=True)
class Dispatched:
    """What became of each transition; and when the tenant has work next, where that was learned on the way."""

    applied: Sequence[ApplyResult] = ()
    next_due: Instant | None = None


_ACCESS_RETRY: Final = Span(5 * SECOND)
_HELD_RETRY: Final = Span(SECOND)


class Dispatcher:
    """The second part of a tenant's turn."""

    def __init__(
        self,
        heads: Heads,
        credentials: Credentials,
        grants: Grants,
        in_flight: InFlight,
        transitions: Transitions,
        clock: Clock,
    ) -> None:
        self._heads = heads
        self._credentials = credentials
        self._grants = grants
        self._in_flight = in_flight
        self._transitions = transitions
        self._clock = clock
        self._log = structlog.get_logger("router.dispatch")

    async def dispatch(
        self, tenant: Tenant, lanes: Sequence[Lane], known: Mapping[Lane, Sequence[GroupId]] = NOTHING_KNOWN
    ) -> Dispatched:
        """Send what the heads of these lanes have to send, as far as budgets go.

        Whose front is `known` is not asked for it.
        """
        woken = await self._heads.wake(tenant, [lane for lane in lanes if lane.method is Method.DIGEST])
        dispatched = await self._dispatch(tenant, [lane for lane in lanes if lane.method is not Method.DIGEST], known)
        return replace(dispatched, applied=[*woken, *dispatched.applied]) if woken else dispatched

    async def _dispatch(
        self, tenant: Tenant, lanes: Sequence[Lane], known: Mapping[Lane, Sequence[GroupId]]
    ) -> Dispatched:
        for lane in lanes:
            self._grants.lanes.looked_at(tenant.tenant_id, lane)
        heads = await self._heads.read(tenant, lanes, known) if lanes else []
        if not heads:
            return Dispatched()
        try:
            found = await self._credentials.find(tenant)
        except SecretNotFoundError as error:
            self._log.error("secret_not_found", tenant=tenant.tenant_id, error=str(error))
            return Dispatched(await self._park(tenant, heads, "secret_not_found"))
        if isinstance(found, SlackCredential):
            return await self._send(tenant, heads, found)
        return Dispatched(await self._without_credential(tenant, heads, found))

    async def _without_credential(
        self, tenant: Tenant, heads: Sequence[Head], found: Answer | Unknown
    ) -> list[ApplyResult]:
        """Without the tenant's token and workspace its lanes wait; where that is dead the heads are parked."""
        if isinstance(found, TokenDead):
            return await self._park(tenant, heads, f"{name(found)}:{found.error}")
        lanes = self._grants.lanes
        for head in heads:
            if isinstance(found, Unknown):
                await lanes.wait_for_token(tenant.tenant_id, head.lane, found.digest)
            else:
                await lanes.look_again(tenant.tenant_id, head.lane, _ACCESS_RETRY)
        return []

    async def _send(self, tenant: Tenant, heads: Sequence[Head], credential: SlackCredential) -> Dispatched:
        gathered = await self._heads.gather(tenant, heads, credential.workspace)
        candidates, changes = await self._decide(tenant, gathered, credential)
        applied = await self._transitions.apply(changes, await self._clock.now())
        granted = await self._grants.granted(tenant, candidates)
        claimed = await self._claim(tenant, granted.now, credential)
        gave_way = await self._give_way(tenant, granted.give_way)
        return replace(claimed, applied=[*applied, *claimed.applied, *gave_way])

    async def _give_way(self, tenant: Tenant, late: Sequence[Candidate]) -> list[ApplyResult]:
        """Out of their lanes for a while with edits that give way to others."""
        if not late:
            return []
        now = await self._clock.now()
        changes = [
            Change(tenant, one.head.group, engine.give_way(one.head.group, one.gives_way_until, now)) for one in late
        ]
        return await self._transitions.apply(changes, now)

    async def _decide(
        self, tenant: Tenant, heads: Sequence[Head], credential: SlackCredential
    ) -> tuple[list[Candidate], list[Change]]:
        now = await self._clock.now()
        decided = [(head, engine.advance(head.group, head.policy, now)) for head in heads]
        candidates = await asyncio.gather(*(
            self._grants.ask(tenant, head, decision, credential.workspace, now)
            for head, decision in decided
            if isinstance(decision, Notification)
        ))  # fmt: skip
        changes = [
            Change(tenant, head.group, one, sources=head.policy.mutes.sources)
            for head, one in decided
            if not isinstance(one, Notification)
        ]
        return candidates, changes

    async def _claim(self, tenant: Tenant, granted: Sequence[Candidate], credential: SlackCredential) -> Dispatched:
        left = list(granted)
        try:
            return await self._claim_all(tenant, granted, credential, left) if granted else Dispatched()
        finally:
            self._grants.leave(tenant, left)

    async def _claim_all(
        self, tenant: Tenant, granted: Sequence[Candidate], credential: SlackCredential, left: list[Candidate]
    ) -> Dispatched:
        """Claim and send them; those that were sent are taken out of `left`."""
        now = await self._clock.now()
        claims = [
            engine.claim(one.head.group, one.notification, one.request.delivery_id, one.head.policy, now)
            for one in granted
        ]
        changes = [
            Change(tenant, one.head.group, transition) for one, (transition, _) in zip(granted, claims, strict=True)
        ]
        deliveries = [
            self._delivery(tenant, one, claim, credential) for one, (_, claim) in zip(granted, claims, strict=True)
        ]
        try:
            (answers, next_due), contexts = await asyncio.gather(
                self._transitions.apply_and_look(changes, now),
                self._heads.around.of(tenant, [claim for _, claim in claims], credential.url, now),
            )
        except UnavailableError:
            for delivery in deliveries:  # each may have been stored
                self._in_flight.take_back(delivery)
            raise
        lost = list[Candidate]()
        for one, delivery, context, answer in zip(granted, deliveries, contexts, answers, strict=True):
            if answer is ApplyResult.OK:
                self._in_flight.send(replace(delivery, context=context))
                left.remove(one)
            else:
                lost.append(one)
        for one in lost:  # last, as it may fail: what is claimed must be on its way by then
            await self._grants.give_back(one)
        await self._wait_for_release(tenant, granted, answers)
        return Dispatched(answers, next_due.get(tenant.tenant_id))

    def _delivery(self, tenant: Tenant, one: Candidate, claim: engine.Claim, credential: SlackCredential) -> Delivery:
        due, waited = self._grants.waited(tenant, one, claim.claimed_at)
        made = Delivery(tenant, one.head.policy, credential.token, claim, one.request, one.head.shown)
        return replace(made, due=due, budget_wait=waited)

    async def _wait_for_release(
        self, tenant: Tenant, granted: Sequence[Candidate], answers: Sequence[ApplyResult]
    ) -> None:
        """Whose claim was refused, as sending is on hold, asks again later, unless it has no turns until then."""
        for one, answer in zip(granted, answers, strict=True):
            if answer is ApplyResult.HELD:
                await self._grants.lanes.look_again(tenant.tenant_id, one.head.lane, _HELD_RETRY)

    async def _park(self, tenant: Tenant, heads: Sequence[Head], reason: str) -> list[ApplyResult]:
        """Park the heads; what stands behind them waits as long in its lane, and is not parked one after another."""
        now = await self._clock.now()
        parked = [(head, engine.park(head.group, reason, head.policy, now)) for head in heads]
        changes = [
            Change(tenant, head.group, replace(one, lane_at=Instant(now + head.policy.times.park_retry)))
            for head, one in parked
        ]
        for change in changes:
            if change.transition.events:
                name, key = tenant.in_logs(change.before.alert_name), change.before.key
                places = {"group": key.group_id, "receiver": key.receiver}
                self._log.warning("group_parked", tenant=tenant.tenant_id, alert=name, **places, reason=reason)
        return await self._transitions.apply(changes, now)
