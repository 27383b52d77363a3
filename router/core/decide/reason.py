"""Why a notification is sent now, and by which call.

Reasons in Alertmanager's order (notify/dedup_stage.go), first match wins: first, new_alerts, all_resolved,
some_resolved, stale, repeat; and of our own, for an edit alone: ended_upstream, muted_upstream, unreported,
reported_again, and where a message shows less than is known rerouted, when all that fires is shown elsewhere by now,
and refresh.
"""

from typing import Final

from router.core.decide.policy import Policy
from router.core.decide.sight import out_of_sight
from router.core.model.alert_state import ShownState
from router.core.model.group import AlertGroup
from router.core.model.instant import NEVER, Instant
from router.core.model.operation import Op, Reason
from router.core.model.rules.receiver import OnChange, Receiver
from router.core.model.rules.route import Timing

_ENDINGS: Final = frozenset({Reason.ALL_RESOLVED, Reason.SOME_RESOLVED, Reason.STALE})
_OUT_OF_SIGHT: Final = {
    ShownState.STALE: Reason.STALE,
    ShownState.ENDED: Reason.ENDED_UPSTREAM,
    ShownState.MUTED: Reason.MUTED_UPSTREAM,
    ShownState.UNREPORTED: Reason.UNREPORTED,
}
"""Why what nobody reports is shown otherwise; the first that holds."""
_BY_AN_EDIT: Final = frozenset(
    {
        Reason.ENDED_UPSTREAM,
        Reason.MUTED_UPSTREAM,
        Reason.UNREPORTED,
        Reason.REPORTED_AGAIN,
        Reason.REROUTED,
        Reason.REFRESH,
    }
)


def reason_to_notify(group: AlertGroup, timing: Timing, now: Instant) -> Reason | None:
    """Why this group is notified now; None when its message shows the truth already."""
    pending = [alert for alert in group.alerts.values() if alert.pending]
    hidden = out_of_sight(group, timing, now).values()
    if group.message is None and (pending or group.refresh_due):
        return Reason.FIRST
    if any(alert.shown_firing for alert in pending):
        return Reason.NEW_ALERTS
    if pending:
        given_up = sum(state.is_given_up for state in hidden)
        more_may_fire = group.firing + group.unreported > given_up or group.not_shown
        return Reason.SOME_RESOLVED if more_may_fire else Reason.ALL_RESOLVED
    if hidden:
        return next(reason for state, reason in _OUT_OF_SIGHT.items() if state in hidden)
    return _reason_to_show_again(group, timing, now)


def _reason_to_show_again(group: AlertGroup, timing: Timing, now: Instant) -> Reason | None:
    """Why a message is brought up to date in which nothing has changed for people, or repeated."""
    if group.has_reported_again:
        return Reason.REPORTED_AGAIN
    if group.refresh_due or (group.message is not None and NEVER < group.refresh_at <= now):
        return _correction(group)
    if group.chart_due and group.posted is not None and not group.takes_no_edits:
        return Reason.REFRESH
    return Reason.REPEAT if NEVER < repeat_due(group, timing) <= now else None


def _correction(group: AlertGroup) -> Reason | None:
    """Why a message is shown once more; one that takes no edits is not, unless all that it shows is elsewhere.

    A digest is: it goes on in its thread.
    """
    if group.digest is not None:
        return Reason.REFRESH
    if not group.firing and group.has_rerouted_alerts:
        return Reason.REROUTED
    return None if group.takes_no_edits else Reason.REFRESH


def repeat_due(group: AlertGroup, timing: Timing) -> Instant:
    """When the repeat is due: it needs the time since the last notification and a firing observation since then.

    NEVER where none of the loaded alerts was observed firing again, and for what is shown by a digest.
    """
    if group.shown_by is not None:
        return NEVER
    seen_again = any(
        alert.last_shown.state is ShownState.FIRING and alert.firing and alert.seen_firing_again
        for alert in group.alerts.values()
    )
    return Instant(group.notified_at + timing.repeat_interval) if seen_again else NEVER


def next_op(group: AlertGroup, policy: Policy, now: Instant) -> Op:
    """The next call: the message first, the reply only about what the message shows already."""
    if group.shown_by is not None:
        return Op.DIGEST
    reason = reason_to_notify(group, policy.timing, now)
    if group.message is None or (reason and not group.flaps.is_on and _posts_each_time(reason, policy.receiver)):
        return Op.POST
    too_early = now < group.notified_at + policy.timing.group_interval
    if group.pending_reply is not None and (too_early or reason is None):
        return group.pending_reply.op
    if not group.takes_no_edits:
        return Op.EDIT
    is_end = reason in _ENDINGS or (group.digest is not None and not group.firing)
    is_quiet = group.flaps.is_on or (is_end and not policy.receiver.send_resolved)
    return Op.THREAD_FOR_EDIT if is_quiet else Op.REPLY_FOR_EDIT


def _posts_each_time(reason: Reason, receiver: Receiver) -> bool:
    """As Alertmanager does: a message for each notification; what is not to be sent is an edit of the last one."""
    quiet = reason in _ENDINGS and not receiver.send_resolved
    return receiver.on_change is OnChange.POST and reason not in _BY_AN_EDIT and not quiet
