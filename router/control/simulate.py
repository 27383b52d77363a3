"""Simulate the calls that a sequence of webhooks would cause, using the core alone: no engine, no network.

Every call is made the moment it is due and accepted: there are no budgets, no other tenants and no failures. Between
two webhooks the timers run, so that repeats and alerts that nobody reports any more are seen too; after the last one
only what is still due is sent.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from router.control.simulated_sources import SimulatedSources
from router.control.simulated_surroundings import SimulatedSurroundings
from router.core import engine
from router.core.context.chart import Chart
from router.core.decide.policy import CallTimes, Policy, policy_for
from router.core.engine import Claim
from router.core.fold.regroup import ended_elsewhere, regrouped
from router.core.model.alert import Webhook
from router.core.model.group import AlertGroup, MessageRef
from router.core.model.instant import NEVER, SECOND, Instant
from router.core.model.key import GroupKey
from router.core.model.observation import Observations, observations
from router.core.model.operation import Op, Reason
from router.core.model.phase import Held, Idle, Queued, Waiting
from router.core.model.rules.receiver import Receiver
from router.core.model.rules.tenant import Tenant
from router.core.model.transition import Transition
from router.core.render.localizer import Localizer
from router.core.render.render import render
from router.core.render.request import RenderRequest
from router.core.route.tree import Assignment, assign
from router.core.slack.answer import Accepted
from router.core.slack.call import SlackCall, call_for
from router.core.slack.message import SlackMessage
from router.core.slack.new_block import NEW_BLOCKS

Charts = Callable[[AlertGroup, Instant], Chart | None]
"""The chart of a group as of a time, if there is one."""

_Elsewhere = tuple[Assignment, GroupKey, Observations]


@dataclass(frozen=True, slots=True)
class SimulatedCall:
    """One call as it would be made; `step` counts the webhooks seen by then, `shown_at` is where its message is."""

    step: int
    at: Instant
    receiver: Receiver
    op: Op
    reason: Reason
    shown_at: MessageRef
    message: SlackMessage
    call: SlackCall
    group: GroupKey


class Simulation:
    """One tenant's groups, led through webhooks in the order of their times."""

    def __init__(
        self,
        tenant: Tenant,
        localizer_for: Callable[[Receiver], Localizer],
        charts: Charts = lambda _group, _now: None,
    ) -> None:
        self._tenant = tenant
        self._localizer_for = localizer_for
        self._charts = charts
        self._groups: dict[GroupKey, AlertGroup] = {}
        self._sources = SimulatedSources(tenant)
        self._surroundings = SimulatedSurroundings(tenant)
        self._latest_ts = 0
        self.steps = 0
        self.calls: list[SimulatedCall] = []

    def see(self, webhook: Webhook, observed: Instant) -> None:
        """Fold one webhook, and send what is to be sent at once."""
        self._pass(observed)
        self.steps += 1
        parts = assign(self._tenant, observations(webhook, observed))
        others = [one for part in parts for one in self._others(part, parts)]
        for part, other, seen in others:
            self._leave(part, other, seen, observed)
        for part in parts:
            self._fold(part, observed)
        for _, other, seen in others:
            self._end(other, seen, observed)
        self._pass(observed)

    def _others(self, part: Assignment, parts: Sequence[Assignment]) -> Iterator[_Elsewhere]:
        """The other groups of the receiver, and the alerts of the part that do not belong there."""
        for key in self._groups:
            if key.receiver == part.key.receiver:
                here = {alert.alert_id for one in parts if one.key == key for alert in one.seen.alerts}
                yield part, key, part.seen.only([one for one in part.seen.alerts if one.alert_id not in here])

    def _leave(self, part: Assignment, other: GroupKey, seen: Observations, now: Instant) -> None:
        own = self._groups.get(part.key, AlertGroup(part.key))
        leaving = regrouped(self._groups[other], own, seen)
        if leaving:
            self._store(engine.leave(self._groups[other], leaving, now).after, now)

    def _end(self, other: GroupKey, seen: Observations, now: Instant) -> None:
        ended, timing = ended_elsewhere(self._groups[other], seen), self._tenant.timing(other.receiver, other.path)
        if ended is not None:
            arrived = engine.arrive(self._groups[other], ended, timing, self._tenant.severity, now)
            self._store(arrived.after, now)

    def _fold(self, part: Assignment, now: Instant) -> None:
        before = self._groups.get(part.key, AlertGroup(part.key))
        folded = engine.fold(before, part.seen, part.timing, self._tenant.severity, now)
        self._store(folded.after, now)

    def _store(self, after: AlertGroup, now: Instant) -> None:
        """Where a source ends by this, whatever is held back is looked at."""
        before = self._groups.get(after.key, AlertGroup(after.key))
        freed = self._sources.take(before, after)
        self._surroundings.take(before, after, now)
        self._groups[after.key] = after
        for one in list(self._groups.values()) if freed else ():
            if isinstance(one.phase, Held):
                self._groups[one.key] = replace(one, phase=replace(one.phase, until=now))

    def group(self, key: GroupKey) -> AlertGroup:
        """A group as it stands now."""
        return self._groups[key]

    def policy(self, group: AlertGroup) -> Policy:
        """What the tenant's configuration says about a group now."""
        return policy_for(self._tenant, group, CallTimes(), self._sources.of(group))

    def finish(self) -> None:
        """Run the remaining timers and make the calls that are still due."""
        while due := [one.phase.due for one in self._groups.values() if not isinstance(one.phase, Idle | Held)]:
            self._pass(max(due))

    def _pass(self, until: Instant) -> None:
        """Let the time pass: look at each group when it is due, the earliest first."""
        while (group := self._next_due(until)) is not None:
            now = group.phase.due
            moved = self._advance(group, now)
            while isinstance(moved.phase, Queued):
                moved = self._advance(moved, now)
            self._store(_later(moved, now), now)

    def _next_due(self, until: Instant) -> AlertGroup | None:
        waiting = (one for one in self._groups.values() if NEVER < one.phase.due <= until)
        return min(waiting, key=lambda one: one.phase.due, default=None)

    def _advance(self, group: AlertGroup, now: Instant) -> AlertGroup:
        """The group one transition further, its call made if it has one."""
        policy = self.policy(group)
        decision = engine.advance(group, policy, now)
        if isinstance(decision, Transition):
            return decision.after
        claimed, made = engine.claim(group, decision, f"preview-{len(self.calls) + 1}", policy, now)
        call = self._call(made, policy, now)
        self.calls.append(call)
        answer = Accepted(call.shown_at.channel, call.shown_at.ts)
        return engine.settle(claimed.after, made, answer, policy, now).after

    def _call(self, made: Claim, policy: Policy, now: Instant) -> SimulatedCall:
        receiver, notification, shown = policy.receiver, made.notification, made.snapshot.posted
        localizer = self._localizer_for(receiver)
        context = replace(self._surroundings.of(made.snapshot, now), chart=self._charts(made.snapshot, now))
        request = RenderRequest(
            made.snapshot, notification, receiver, self._tenant, localizer, now, context, NEW_BLOCKS
        )
        message = render(request)
        edited = shown if notification.op is Op.EDIT else None
        return SimulatedCall(
            step=self.steps,
            at=now,
            receiver=receiver,
            op=notification.op,
            reason=notification.reason,
            shown_at=edited or MessageRef(receiver.channel, self._ts(now)),
            message=message,
            call=call_for(notification.op, shown, receiver.channel, message, made.lease.delivery_id),
            group=made.snapshot.key,
        )

    def _ts(self, now: Instant) -> str:
        """As Slack numbers messages: by the time, and never twice the same."""
        self._latest_ts = max(now, self._latest_ts + 1)
        return f"{self._latest_ts // SECOND}.{self._latest_ts % SECOND:06d}"


def _later(moved: AlertGroup, now: Instant) -> AlertGroup:
    """The group, looked at again a second from now where it would be due at once for ever."""
    match moved.phase:
        case Idle(look_at) if NEVER < look_at <= now:
            return replace(moved, phase=Idle(Instant(now + SECOND)))
        case Waiting(until, tries) if until <= now:
            return replace(moved, phase=Waiting(Instant(now + SECOND), tries))
        case _:
            return moved


def by_receiver(calls: Sequence[SimulatedCall]) -> Iterator[tuple[Receiver, list[SimulatedCall]]]:
    """The calls of each receiver and channel, in the order of their first calls."""
    receivers = {(call.receiver.name, call.receiver.channel): call.receiver for call in calls}
    for (name, channel), receiver in receivers.items():
        yield receiver, [call for call in calls if (call.receiver.name, call.receiver.channel) == (name, channel)]
