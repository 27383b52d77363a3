"""What would be said to Slack about a sequence of webhooks: the pure core led by hand, with no engine and no network.

Every call is made the moment it is wanted and answered with yes: there are no budgets, no other tenants and no
failures. Between two webhooks the timers run, so that repeats and what nobody reports any more are seen too; after
the last one only what is still owed is told.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from router.core.decide.decide import at_head, when_due
from router.core.decide.notification import Telling
from router.core.decide.policy import Policy
from router.core.deliver.applied import Claim
from router.core.deliver.settle import claim, settle
from router.core.fold.fold import Observations, fold
from router.core.model.alert import Webhook
from router.core.model.group import Notification, Op, Phase, Place, Reason
from router.core.model.instant import NEVER, SECOND, Instant, Span
from router.core.model.key import GroupKey
from router.core.model.tenant import Receiver, Tenant
from router.core.render.localizer import Wording
from router.core.render.render import render
from router.core.route.tree import Assignment, assign
from router.core.slack import call as request
from router.core.slack.call import Request
from router.core.slack.message import SlackMessage
from router.core.slack.outcome import Accepted

_UNUSED: Final = Span(30 * SECOND)
"""How long failures would take; there are none here."""


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """One call as it would be made; `step` counts the webhooks seen by then, `place` is where it stands."""

    step: int
    at: Instant
    receiver: Receiver
    op: Op
    reason: Reason
    place: Place
    message: SlackMessage
    request: Request


class Rehearsal:
    """One tenant's notifications, led through webhooks in the order of their times."""

    def __init__(self, tenant: Tenant, words: Callable[[Receiver], Wording]) -> None:
        self._tenant = tenant
        self._words = words
        self._notifications: dict[GroupKey, Notification] = {}
        self._latest_ts = 0
        self.steps = 0
        self.calls: list[Rehearsed] = []

    def see(self, group: Webhook, observed: Instant) -> None:
        """Fold one webhook, and say what is to be said at once."""
        self._pass(observed)
        self.steps += 1
        for one in assign(self._tenant, group):
            before = self._notifications.get(one.key, Notification(one.key))
            self._notifications[one.key] = self._fold(before, one, group, observed)
        self._pass(observed)

    def finish(self) -> None:
        """Say what is still owed, each at its time."""
        while due := [one.due for one in self._notifications.values() if one.phase is not Phase.IDLE]:
            self._pass(max(due))

    def _fold(self, before: Notification, one: Assignment, group: Webhook, observed: Instant) -> Notification:
        seen = Observations(one.alerts, observed, group.sender_group, group.truncated, group.group_labels)
        return fold(before, seen, one.timing, self._tenant.severity, observed).after

    def _pass(self, until: Instant) -> None:
        """Let the time pass: look at each notification when it is due, the earliest first."""
        while (due := self._next_due(until)) is not None:
            now = due.due
            moved = when_due(due, self._policy(due), now).after
            while moved.phase is Phase.QUEUED:
                moved = self._speak(moved, now)
            in_vain = moved.due <= now and moved.due != NEVER
            self._notifications[moved.key] = replace(moved, due=Instant(now + SECOND)) if in_vain else moved

    def _next_due(self, until: Instant) -> Notification | None:
        waiting = (one for one in self._notifications.values() if NEVER < one.due <= until)
        return min(waiting, key=lambda one: one.due, default=None)

    def _speak(self, queued: Notification, now: Instant) -> Notification:
        """The notification after the call at the head of its lane, or without what it need not say."""
        policy = self._policy(queued)
        telling = at_head(queued, policy, now)
        if not isinstance(telling, Telling):
            return telling.after
        step, made = claim(queued, telling, f"preview-{len(self.calls) + 1}", policy, now)
        call = self._call(made, policy.receiver, now)
        self.calls.append(call)
        return settle(step.after, made, Accepted(call.place.channel, call.place.ts), policy, now).after

    def _call(self, made: Claim, receiver: Receiver, now: Instant) -> Rehearsed:
        message = render(made.snapshot, made.telling, receiver, self._tenant, self._words(receiver), now)
        op, shown = made.telling.op, made.snapshot.place
        place = shown if op is Op.EDIT and shown is not None else Place(receiver.channel, self._ts(now))
        sent = _request(made, place, message)
        return Rehearsed(self.steps, now, receiver, op, made.telling.reason, place, message, sent)

    def _ts(self, now: Instant) -> str:
        """As Slack numbers messages: by the time, and never twice the same."""
        self._latest_ts = max(now, self._latest_ts + 1)
        return f"{self._latest_ts // SECOND}.{self._latest_ts % SECOND:06d}"

    def _policy(self, notification: Notification) -> Policy:
        key = notification.key
        receiver, timing = self._tenant.receivers[key.receiver], self._tenant.timing(key.receiver, key.path)
        return Policy(receiver, timing, self._tenant.severity, _UNUSED, _UNUSED, _UNUSED)


def _request(made: Claim, place: Place, message: SlackMessage) -> Request:
    op, shown, delivery_id = made.telling.op, made.snapshot.place, made.delivery.delivery_id
    if op is Op.EDIT:
        return request.edit(place, message, delivery_id)
    if op.is_reply and shown is not None:
        return request.reply(shown, message, delivery_id, aloud=op is Op.REPLY_ALOUD)
    return request.post(place.channel, message, delivery_id)


def by_receiver(calls: list[Rehearsed]) -> Iterator[tuple[Receiver, list[Rehearsed]]]:
    """The calls of each receiver, in the order in which they first speak."""
    for receiver in {call.receiver.name: call.receiver for call in calls}.values():
        yield receiver, [call for call in calls if call.receiver.name == receiver.name]
