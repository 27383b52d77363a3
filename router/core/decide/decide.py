"""Is there something to notify of a group now; or when to look again.

`when_due` moves a group whose time has come, `at_head` decides once more at the head of its lane, so that what is
sent is what is true then.
"""

from router.core.decide.notification import (
    Notification,
    digest_notification,
    message_notification,
    reply_notification,
)
from router.core.decide.nowhere import count_unsent, has_unsent, show_unsent
from router.core.decide.policy import Policy, goes_nowhere
from router.core.decide.reason import next_op, reason_to_notify
from router.core.decide.schedule import enqueue, lane_of, reschedule
from router.core.model.alert_state import LastShown, ShownState
from router.core.model.changed import replace
from router.core.model.event import Event, EventKind
from router.core.model.group import AlertGroup
from router.core.model.instant import NEVER, Instant
from router.core.model.ledger import LedgerEntry, Suppressed
from router.core.model.phase import Queued
from router.core.model.transition import Transition


def when_due(group: AlertGroup, policy: Policy, now: Instant) -> Transition:
    """Move a group whose due time has come: into a lane if there is something to notify, else to wait or idle."""
    if goes_nowhere(group, policy):
        return count_unsent(group, policy, now)
    if has_unsent(group):
        found = show_unsent(group, now)
        moved = when_due(found.after, policy, now)
        return replace(moved, entry=found.entry + moved.entry)
    suppressed = _suppress_ended(_forget_closed_message(_forget_refresh(group)), now)
    tidy = suppressed.after
    reason = reason_to_notify(tidy, policy.timing, now)
    nothing = reason is None and tidy.pending_reply is None and tidy.digest is None  # what it shows is seen later
    after = (reschedule if nothing else enqueue)(tidy, policy, now)
    return replace(suppressed, after=after)


def at_head(group: AlertGroup, queued: Queued, policy: Policy, now: Instant) -> Notification | Transition:
    """What the head of a lane is for: a call to make now, or the transition that takes it out of the lane."""
    if goes_nowhere(group, policy):
        return count_unsent(group, policy, now)
    reason = reason_to_notify(group, policy.timing, now)
    if reason is None and group.pending_reply is None:
        return Transition(reschedule(group, policy, now))
    op = next_op(group, policy, now)
    if queued.lane != lane_of(group, op, policy):
        return Transition(enqueue(group, policy, now))
    if not op.shows_group or reason is None:
        return reply_notification(group, op, policy.receiver)
    if group.digest is not None:
        return digest_notification(group, op, reason)
    return message_notification(group, op, reason, policy, now)


def _forget_refresh(group: AlertGroup) -> AlertGroup:
    """No refresh is due where there is nothing to edit: what fired is shown elsewhere, or Slack takes no edits."""
    if group.takes_no_edits and not group.has_rerouted_alerts:
        return replace(group, refresh_due=False)
    if group.message is not None or group.firing or group.pending:
        return group
    return replace(group, refresh_due=False)


def _forget_closed_message(group: AlertGroup) -> AlertGroup:
    """Without a message of its own nothing of an earlier one is shown: the marks go, registers stay."""
    if group.message is not None or group.refresh_due:
        return group
    alerts = {
        alert_id: replace(alert, last_shown=replace(alert.last_shown, state=ShownState.NOTHING))
        if alert.last_shown.state is ShownState.RESOLVED
        else alert
        for alert_id, alert in group.alerts.items()
    }
    return replace(group, alerts=alerts)


def _suppress_ended(group: AlertGroup, now: Instant) -> Transition:
    """What fired and ended within group_wait, before our own limits made it wait, is not worth a message."""
    if group.message is not None or group.was_delayed or group.refresh_due:
        return Transition(group)
    ended = [fp for fp, alert in group.alerts.items() if alert.pending and not alert.shown_firing]
    if not ended:
        return Transition(group)
    alerts = dict(group.alerts)
    for fp in ended:
        shown = LastShown(ShownState.NOTHING, alerts[fp].registers)
        alerts[fp] = replace(alerts[fp], last_shown=shown, pending_since=NEVER)
    reason = Suppressed.ENDED_BEFORE_NOTIFIED
    after = replace(group, alerts=alerts, pending=group.pending - len(ended))
    entry = LedgerEntry(pending=-len(ended), suppressed={reason: len(ended)})
    return Transition(after, entry, (Event(EventKind.SUPPRESSED, reason, "suppressed", decided_at=now),))
