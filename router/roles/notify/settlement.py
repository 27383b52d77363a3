"""Settle: Slack's answer into the stored group, and one log line a call."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

import structlog

from router.core import engine
from router.core.decide.policy import policy_for
from router.core.deliver.waited import with_waits
from router.core.model.event import Event, EventKind
from router.core.model.group import AlertGroup
from router.core.model.instant import NEVER, SECOND, Instant, Span
from router.core.model.phase import Parked
from router.core.model.transition import Transition
from router.core.slack.answer import Accepted, Answer, ChannelDead, Refused, TokenDead, name
from router.errors import UnavailableError
from router.observe.metrics import Metrics
from router.observe.problems import TenantProblem
from router.ports.clock import Clock
from router.ports.state import ApplyResult, GroupStates
from router.ports.tracing import leading_to
from router.roles.notify.in_flight import Delivery
from router.roles.notify.line import FOR_A_PERSON, line_of
from router.roles.notify.members import MemberSettlement
from router.roles.transitions import Change, Transitions

_BY_ANSWER: Final[Mapping[type, TenantProblem]] = {
    TokenDead: TenantProblem.TOKEN_DEAD,
    ChannelDead: TenantProblem.CHANNEL_DEAD,
    Refused: TenantProblem.MESSAGE_REFUSED,
}


class Settlement:
    """Stores what came of calls, however often others have changed the group meanwhile."""

    def __init__(self, groups: GroupStates, transitions: Transitions, clock: Clock, metrics: Metrics) -> None:
        self._groups = groups
        self._transitions = transitions
        self._clock = clock
        self._metrics = metrics
        self.members = MemberSettlement(groups, transitions, clock, metrics)
        self._log = structlog.get_logger("router.settlement")

    async def settle(self, delivery: Delivery, answer: Answer) -> None:
        """Take the answer in.

        Raises:
            UnavailableError: it is not stored yet.
        """
        claim, tenant = delivery.claim, delivery.tenant
        current = await self._as_claimed(delivery)
        while current is not None:
            now = await self._clock.now()
            policy = policy_for(tenant, claim.snapshot, delivery.policy.times)
            settled = engine.settle(current, claim, answer, policy, now)
            transition = with_waits(settled, claim, delivery.due, delivery.budget_wait)
            applied = await self._transitions.settle(Change(tenant, current, transition), now)
            if applied is ApplyResult.OK:
                self._report(delivery, answer, transition, now)
                self._observe(delivery, transition)
                return
            if applied is ApplyResult.REBUILD:
                raise UnavailableError(f"Redis holds no data of tenant {tenant.tenant_id!r} any more")
            current = await self._load_again(delivery)

    async def take_back(self, delivery: Delivery, give_back: Callable[[], Awaitable[None]]) -> None:
        """Take a claim back whose call was not begun, if it was stored, and keep it out if it was not.

        The channel is given back while nobody else can claim the group.

        Raises:
            UnavailableError: nothing is known yet.
        """
        claim, tenant = delivery.claim, delivery.tenant
        while (current := await self._load_again(delivery)) is not None:
            is_held = engine.holds(current, claim)
            if is_held:
                await give_back()
            elif current.rev >= claim.snapshot.rev:
                return
            now = await self._clock.now()
            transition = engine.unclaim(current, claim, policy_for(tenant, current, delivery.policy.times), now)
            if await self._transitions.settle(Change(tenant, current, transition), now) is not ApplyResult.CONFLICT:
                return

    async def _as_claimed(self, delivery: Delivery) -> AlertGroup | None:
        """The group as it was claimed, which need not be read unless the call leaves out what is held back of it."""
        claim = delivery.claim
        return await self._load_again(delivery) if claim.notification.held else claim.snapshot

    async def _load_again(self, delivery: Delivery) -> AlertGroup | None:
        """The group as it is now; None where it is gone, or a newer program has taken it over."""
        tenant, key = delivery.tenant.tenant_id, delivery.claim.snapshot.key
        [found] = await self._groups.load(tenant, [key.group_id])
        return found if isinstance(found, AlertGroup) else None

    def _report(self, delivery: Delivery, answer: Answer, transition: Transition, now: Instant) -> None:
        self._count(delivery, answer, transition, now)
        log = self._log.warning if isinstance(answer, FOR_A_PERSON) else self._log.info
        event = "notification_sent" if isinstance(answer, Accepted) else "notification_not_sent"
        log(event, **line_of(delivery, answer, transition.entry.notified, now))

    def _count(self, delivery: Delivery, answer: Answer, transition: Transition, now: Instant) -> None:
        self._note_problem(delivery, answer, transition)
        for event in transition.events:
            if event.kind is EventKind.PARKED:
                self._log_parked(delivery, event)
                self._metrics.parked.labels(reason=name(answer)).inc()
            elif event.kind is EventKind.SENT and delivery.claim.notification.op.shows_group:
                self._metrics.notifications.labels(reason=delivery.claim.notification.reason).inc()
                self._metrics.tenants.notified(delivery.tenant.tenant_id)
                if event.received_at:
                    waited_s = max(0, now - event.received_at) / SECOND
                    self._metrics.accepted_to_shown.observe(waited_s, leading_to(delivery.trace))

    def _observe(self, delivery: Delivery, transition: Transition) -> None:
        """How long a notification took from when it was due, and how much of it budgets imposed."""
        for event in transition.events:
            if event.due_at != NEVER:
                own = Span(max(0, event.delivered_at - event.due_at - event.imposed))
                self._metrics.shown.observe(own, event.imposed, leading_to(delivery.trace))
                self._metrics.tenants.shown(delivery.tenant.tenant_id, own)

    def _note_problem(self, delivery: Delivery, answer: Answer, transition: Transition) -> None:
        """A token or channel that works ends its problem; one that parks the group has one."""
        tenant, problems = delivery.tenant.tenant_id, self._metrics.problems
        places = {
            TenantProblem.TOKEN_DEAD: "",
            TenantProblem.CHANNEL_DEAD: delivery.policy.receiver.channel,
            TenantProblem.MESSAGE_REFUSED: delivery.claim.snapshot.key.group_id,
        }
        if isinstance(answer, Accepted):
            for problem, place in places.items():
                problems.end(tenant, problem, place)
        elif isinstance(transition.after.phase, Parked) and type(answer) in _BY_ANSWER:
            problem = _BY_ANSWER[type(answer)]
            problems.begin(tenant, problem, places[problem])

    def _log_parked(self, delivery: Delivery, event: Event) -> None:
        self._log.warning(
            "group_parked",
            tenant=delivery.tenant.tenant_id,
            alert=delivery.tenant.in_logs(delivery.claim.snapshot.alert_name),
            group=delivery.claim.snapshot.key.group_id,
            receiver=delivery.policy.receiver.name,
            channel=delivery.policy.receiver.channel,
            reason=event.reason,
        )
