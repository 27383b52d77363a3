"""Changes that nobody is notified of: alerts that fired and ended unseen."""

from collections import Counter

from router.core.decide.held import SHOWS_NO_FIRING, muted_now
from router.core.decide.policy import Policy
from router.core.model.alert_state import AlertState, LastShown, ShownState
from router.core.model.changed import replace
from router.core.model.event import Event, EventKind
from router.core.model.group import AlertGroup
from router.core.model.instant import NEVER, Instant
from router.core.model.ledger import LedgerEntry, Suppressed
from router.core.model.phase import Held
from router.core.model.transition import Transition


def suppress_ended(group: AlertGroup, policy: Policy, now: Instant) -> Transition:
    """What fired and ended unseen while it was held back, or within group_wait, is not worth a message.

    What our own limits made wait is, unless it was held back as well.
    """
    ended = [fp for fp, alert in group.alerts.items() if alert.pending and not alert.shown_firing]
    reasons = {
        fp: reason for fp in ended if (reason := _why_unseen(group, group.alerts[fp], policy, now)) is not None
    }
    if not reasons:
        return Transition(group)
    alerts = dict(group.alerts)
    for fp in reasons:
        state = alerts[fp].last_shown.state if group.message is not None else ShownState.NOTHING
        shown = LastShown(state, alerts[fp].registers)
        alerts[fp] = replace(alerts[fp], last_shown=shown, pending_since=NEVER)
    counts = Counter(reasons.values())
    after = replace(group, alerts=alerts, pending=group.pending - len(reasons))
    entry = LedgerEntry(pending=-len(reasons), suppressed=counts)
    return Transition(
        after, entry, tuple(Event(EventKind.SUPPRESSED, one, "suppressed", decided_at=now) for one in counts)
    )


def _why_unseen(group: AlertGroup, alert: AlertState, policy: Policy, now: Instant) -> Suppressed | None:
    """Why nobody is notified of an alert that fired and ended; None where somebody is."""
    if alert.last_shown.state in SHOWS_NO_FIRING:
        held_by = muted_now(group, alert, policy, now) or (
            group.phase.muted if isinstance(group.phase, Held) else None
        )
        if held_by is not None:
            return Suppressed(held_by.by)
    if group.message is not None or group.was_delayed or group.refresh_due:
        return None
    return Suppressed.ENDED_BEFORE_NOTIFIED
