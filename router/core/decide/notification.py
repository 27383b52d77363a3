"""What is sent about a group now: by which call, why, and what it shows of each alert."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from router.core.decide.flapping import over, reopened
from router.core.decide.policy import Policy
from router.core.decide.sight import out_of_sight
from router.core.model.alert import AlertId
from router.core.model.alert_state import AlertState, ShownState
from router.core.model.group import NO_FLAPS, AlertGroup, Flaps, PendingReply
from router.core.model.instant import NEVER, Instant
from router.core.model.muted import Muted
from router.core.model.operation import Op, Reason
from router.core.model.rules.receiver import Receiver
from router.core.model.rules.route import Timing
from router.core.model.rules.severity import Severity


@dataclass(frozen=True, slots=True)
class Notification:
    """A call to make; `mentions` says whether it calls the people that the receiver names."""

    op: Op
    reason: Reason
    shown: Mapping[AlertId, ShownState]
    reopens: bool = False
    escalates: bool = False
    mentions: bool = False
    held: Mapping[AlertId, Muted] = field(default_factory=dict)
    """What is held back of the group, by what: the call does not show it."""
    flaps: Flaps = NO_FLAPS
    """How the message flaps once the call is made."""


def message_notification(group: AlertGroup, op: Op, reason: Reason, policy: Policy, now: Instant) -> Notification:
    """A post or an edit: the message as it is now."""
    fires = any(alert.shown_firing for alert in group.alerts.values())
    reopens = fires and _ended_before(group)
    escalates = group.worst_shown is not None and worst_severity(group, policy.severity) < group.worst_shown
    is_hushed = group.flaps.is_on and not escalates
    first = reason is Reason.FIRST and (group.notified_at == NEVER or not group.refresh_due)
    return Notification(
        op=op,
        reason=reason,
        shown=shown_now(group, op, policy.timing, now),
        reopens=reopens,
        escalates=escalates,
        mentions=fires and op is not Op.EDIT and not is_hushed and (first or reopens or escalates),
        flaps=_flaps(group, policy, now, fires=fires, reopens=reopens),
    )


def digest_notification(group: AlertGroup, op: Op, reason: Reason) -> Notification:
    """The message of a digest as it is now; it calls people when it begins."""
    first = group.message is None and group.notified_at == NEVER
    return Notification(op, reason, {}, mentions=first and group.firing > 0)


def reply_notification(group: AlertGroup, op: Op, receiver: Receiver) -> Notification:
    """A reply: what the message shows already and no reply has reported."""
    endings = frozenset(
        {ShownState.NOTHING}
        if receiver.send_resolved
        else {ShownState.NOTHING, ShownState.RESOLVED, ShownState.STALE}
    )
    pending = group.pending_reply or PendingReply(op, Reason.REFRESH)
    return Notification(
        op=op,
        reason=pending.reason,
        shown={fp: alert.unreplied for fp, alert in group.alerts.items() if alert.unreplied not in endings},
        reopens=pending.reopens,
        escalates=pending.escalates,
        flaps=group.flaps,
        mentions=pending.reopens or pending.escalates,
    )


def _flaps(group: AlertGroup, policy: Policy, now: Instant, *, fires: bool, reopens: bool) -> Flaps:
    if reopens:
        return reopened(group.flaps, policy.flapping, now)
    was_open = any(alert.last_shown.state is ShownState.FIRING for alert in group.alerts.values())
    return over(group.flaps, now) if was_open and not fires and group.flaps.reopened_at else group.flaps


def worst_severity(group: AlertGroup, severity: Severity) -> int:
    """The rank of the worst firing alert; the mildest where nothing fires."""
    contents = (alert.content for alert in group.alerts.values() if alert.shown_firing)
    return min((severity.rank(content.labels) for content in contents if content), default=severity.mildest)


def _ended_before(group: AlertGroup) -> bool:
    """Whether the open message was notified and shows nothing that fires, or may."""
    fired = any(alert.last_shown.state.is_open for alert in group.alerts.values())
    return group.message is not None and group.notified_at != NEVER and not fired


def shown_now(group: AlertGroup, op: Op, timing: Timing, now: Instant) -> Mapping[AlertId, ShownState]:
    """What a call shows of each alert in the message."""
    hidden = out_of_sight(group, timing, now)
    return {
        alert_id: hidden.get(alert_id) or _shown_as(alert)
        for alert_id, alert in group.alerts.items()
        if alert.in_message and not (op is Op.POST and _has_left(alert))
    }


def _shown_as(alert: AlertState) -> ShownState:
    """What has left and is known here to have ended belongs here again: else its end would not have come here."""
    ended = alert.last_shown.state is ShownState.REROUTED and not alert.firing
    if alert.unreported or (alert.last_shown.state.is_given_up and not alert.pending and not ended):
        return alert.last_shown.state
    return ShownState.FIRING if alert.firing else ShownState.RESOLVED


def _has_left(alert: AlertState) -> bool:
    return alert.last_shown.state is ShownState.REROUTED and not alert.pending
