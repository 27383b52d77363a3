"""Is there something to notify of a group now; or when to look again.

`when_due` moves a group whose time has come, `at_head` decides once more at the head of its lane, so that what is
sent is what is true then.
"""

from router.core.decide.flapping import calmed
from router.core.decide.held import (
    SHOWS_NO_FIRING,
    Outlook,
    held,
    held_back,
    hushed,
    later_repeat,
    look_at,
    without_held,
)
from router.core.decide.notification import (
    Notification,
    digest_notification,
    message_notification,
    reply_notification,
)
from router.core.decide.nowhere import count_unsent, has_unsent, show_unsent
from router.core.decide.policy import Policy, goes_nowhere
from router.core.decide.reason import next_op
from router.core.decide.schedule import enqueue, forget_old_message, lane_of, reschedule
from router.core.decide.suppress import suppress_ended
from router.core.model.alert_state import ShownState
from router.core.model.changed import replace
from router.core.model.event import Event, EventKind
from router.core.model.group import AlertGroup
from router.core.model.instant import Instant
from router.core.model.muted import Muted
from router.core.model.phase import Held, Queued, Waiting, tries_of
from router.core.model.transition import Transition


def when_due(group: AlertGroup, policy: Policy, now: Instant) -> Transition:
    """Move a group whose due time has come: into a lane if there is something to notify, else to wait or idle."""
    if goes_nowhere(group, policy):
        return count_unsent(group, policy, now)
    if has_unsent(group):
        found = show_unsent(group, now)
        moved = when_due(found.after, policy, now)
        return replace(moved, entry=found.entry + moved.entry)
    tidied = _forget_closed_message(_forget_refresh(_held_too_long(calmed(group, policy, now), policy, now)))
    suppressed = suppress_ended(tidied, policy, now)
    tidy = suppressed.after
    outlook = look_at(tidy, policy, now)
    nothing = not outlook.has_news and tidy.digest is None  # what it shows is seen later
    after = _rest(tidy, outlook, policy, now) if nothing else _queued(tidy, outlook, policy, now)
    return _with_event(suppressed, after, now)


def at_head(group: AlertGroup, queued: Queued, policy: Policy, now: Instant) -> Notification | Transition:
    """What the head of a lane is for: a call to make now, or the transition that takes it out of the lane."""
    if goes_nowhere(group, policy):
        return count_unsent(group, policy, now)
    ended = suppress_ended(group, policy, now)
    if ended.after is not group:
        return ended  # what a message counts as held back is what fires
    outlook = look_at(group, policy, now)
    part, reason = outlook.part, outlook.reason
    if not outlook.has_news:
        return _with_event(Transition(group), _rest(group, outlook, policy, now), now)
    policy = hushed(part, policy, now)
    op = next_op(part, policy, now)
    if queued.lane != lane_of(part, op, policy):
        return Transition(_queued(group, outlook, policy, now))
    if not op.shows_group or reason is None:
        return replace(reply_notification(part, op, policy.receiver), held=outlook.held)
    if group.digest is not None:
        return digest_notification(group, op, reason)
    return replace(message_notification(part, op, reason, policy, now), held=outlook.held)


def _queued(group: AlertGroup, outlook: Outlook, policy: Policy, now: Instant) -> AlertGroup:
    """In the lane of what is to be notified now."""
    queued = enqueue(outlook.part, hushed(outlook.part, policy, now), now)
    return replace(group, phase=queued.phase, was_delayed=True)


def _rest(group: AlertGroup, outlook: Outlook, policy: Policy, now: Instant) -> AlertGroup:
    """With nothing to notify now: held, where something is held back, else until its next timer."""
    if outlook.waits_for:
        shown = reschedule(outlook.part, later_repeat(outlook.part, policy, now), now)
        unwatched = {name: sender.complete for name, sender in group.senders.items()}
        watching = replace(group, senders={**unwatched, **shown.senders})
        return held(watching, outlook, shown.phase.due, now)
    rest = reschedule(outlook.part, policy, now)
    return rest if outlook.part is group else replace(group, phase=Waiting(rest.phase.due, tries_of(group.phase)))


def _with_event(before: Transition, after: AlertGroup, now: Instant) -> Transition:
    """The transition to that state; that a group is held back is an event, once for each that holds it back."""
    old, new = before.after.phase, after.phase
    if not isinstance(new, Held) or (isinstance(old, Held) and _same(old.muted, new.muted)):
        return replace(before, after=after)
    event = Event(EventKind.HELD, new.muted.by, "held", decided_at=now)
    return replace(before, after=after, events=(*before.events, event))


def _same(one: Muted, other: Muted) -> bool:
    return (one.by, one.name) == (other.by, other.name)


def _held_too_long(group: AlertGroup, policy: Policy, now: Instant) -> AlertGroup:
    """What was held back until its message is too old to be reopened gets a new one, once it is held back no more."""
    if not isinstance(group.phase, Held) or group.message is None or group.pending_reply is not None:
        return group
    fires = any(alert.last_shown.state not in SHOWS_NO_FIRING for alert in group.alerts.values())
    freed = without_held(group, held_back(group, policy, now)).firing
    return group if fires or not freed else forget_old_message(group, policy.timing, now)


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
