"""Take a group out of its lane for one call; what the call shows is kept beside it until it is settled.

A claim of which nobody knows whether it was stored is taken back: no call was begun.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from router.core.decide.held import without_held
from router.core.decide.notification import Notification
from router.core.decide.policy import Policy
from router.core.decide.schedule import enqueue_again
from router.core.model.alert import AlertId
from router.core.model.alert_state import AlertContent, AlertState, ShownState
from router.core.model.changed import replace
from router.core.model.group import AlertGroup
from router.core.model.instant import NEVER, Instant
from router.core.model.muted import Muted
from router.core.model.operation import Op, Reason
from router.core.model.phase import Lease, Queued, Sending, Uncertain
from router.core.model.registers import UNSEEN, Registers
from router.core.model.transition import Transition


@dataclass(frozen=True, slots=True)
class Claim:
    """A call about to be made: what it shows, and the group as it was decided."""

    notification: Notification
    lease: Lease
    snapshot: AlertGroup
    claimed_at: Instant

    @property
    def shows_extras(self) -> bool:
        """Whether the call may show pictures and buttons, for whose addresses Slack may refuse it."""
        if self.notification.op.is_reply or self.snapshot.without_extras:
            return False
        contents = (self.snapshot.alerts[fp].content for fp in self.notification.shown)
        return any(_leads_somewhere(content) for content in contents if content)

    @property
    def is_for_a_chart_alone(self) -> bool:
        """Whether the call is an edit that has nothing to show but a chart."""
        for_chart = self.snapshot.is_for_a_chart_alone and self.notification.reason is Reason.REFRESH
        return for_chart and self.notification.op is Op.EDIT


def _unmarked(alerts: Mapping[AlertId, AlertState]) -> Mapping[AlertId, AlertState]:
    """Without what an earlier call has left behind."""
    if all(alert.at_call is None for alert in alerts.values()):
        return alerts
    return {one: alert if alert.at_call is None else replace(alert, at_call=None) for one, alert in alerts.items()}


def _marked(alerts: Mapping[AlertId, AlertState], held: Mapping[AlertId, Muted]) -> Mapping[AlertId, AlertState]:
    """What is held back, with a mark that the call does not show it: whoever finds the call in Slack must know."""
    if not held:
        return alerts
    return {one: replace(alert, at_call=_at_call(alert)) if one in held else alert for one, alert in alerts.items()}


def _at_call(alert: AlertState) -> Registers:
    fires_there = alert.last_shown.state is ShownState.FIRING
    return alert.registers if fires_there else alert.last_shown.registers if _is_there(alert) else UNSEEN


def _is_there(alert: AlertState) -> bool:
    return alert.last_shown.state is not ShownState.NOTHING


def shown_by_call(group: AlertGroup, notification: Notification) -> AlertGroup:
    """The group as the call shows it: without what is held back."""
    return without_held(group, notification.held)


def _leads_somewhere(content: AlertContent) -> bool:
    addresses = (content.generator_url, *content.links.values(), *content.annotations.values())
    return any("://" in text for text in addresses)


def claim(
    group: AlertGroup, notification: Notification, delivery_id: str, policy: Policy, now: Instant
) -> tuple[Transition, Claim]:
    """The lease to store before the call is made, and what settles it afterwards.

    Raises:
        ValueError: the group is not queued.
    """
    if not isinstance(group.phase, Queued):
        raise ValueError(f"a group is claimed out of a lane; this one is {type(group.phase).__name__}")  # noqa: TRY004
    queued, until = group.phase, Instant(now + policy.times.lease)
    lease = Lease(delivery_id, notification.op, notification.reason, until)
    sending = Sending(lease, queued.lane, queued.tries)
    alerts = _marked(_unmarked(group.alerts), notification.held)
    after = replace(group, phase=sending, sends=group.sends + 1, alerts=alerts)
    lane_at = NEVER if notification.op is Op.EDIT else until
    snapshot = shown_by_call(replace(after, rev=group.rev + 1), notification)
    return Transition(after, lane_at=lane_at), Claim(notification, lease, snapshot, now)


def holds(current: AlertGroup, made: Claim) -> bool:
    """Whether the group is claimed, and for this very call."""
    return isinstance(current.phase, Sending | Uncertain) and current.phase.lease == made.lease


def unclaim(current: AlertGroup, made: Claim, policy: Policy, now: Instant) -> Transition:
    """The group as it was before its claim, for a call that was never begun.

    One that the claim has not reached stays as it is; that it is stored all the same keeps a late claim out.
    """
    if not isinstance(current.phase, Sending | Uncertain) or not holds(current, made):
        return Transition(current)
    unsent = replace(current, sends=made.snapshot.sends - 1)
    return Transition(enqueue_again(unsent, current.phase.tries, policy, now), lane_at=now)
