"""Changes that nobody is notified of: alerts that fired and ended unseen."""

from collections import Counter
from dataclasses import dataclass

from router.core.decide.held import SHOWS_NO_FIRING, muted_now
from router.core.decide.policy import Policy
from router.core.model.alert_state import AlertState, LastShown, ShownState
from router.core.model.changed import replace
from router.core.model.event import Event, EventKind
from router.core.model.group import AlertGroup
from router.core.model.instant import NEVER, Instant
from router.core.model.ledger import LedgerEntry, Suppressed
from router.core.model.muted import Muted
from router.core.model.phase import Held
from router.core.model.transition import Transition


@dataclass(frozen=True, slots=True)
class _Unseen:
    """Why nobody is notified of an alert that fired and ended; and what held it back, if that was it."""

    reason: Suppressed
    held_by: Muted | None = None


def suppress_ended(group: AlertGroup, policy: Policy, now: Instant) -> Transition:
    """What fired and ended unseen while it was held back, or within group_wait, is not worth a message.

    What our own limits made wait is, unless it was held back as well.
    """
    ended = {fp: alert for fp, alert in group.alerts.items() if alert.pending and not alert.shown_firing}
    unseen = {fp: why for fp, alert in ended.items() if (why := _why_unseen(group, alert, policy, now)) is not None}
    if not unseen:
        return Transition(group)
    alerts = {**group.alerts, **{fp: _never_shown(group, ended[fp], why) for fp, why in unseen.items()}}
    counts = Counter(why.reason for why in unseen.values())
    after = replace(group, alerts=alerts, pending=group.pending - len(unseen))
    entry = LedgerEntry(pending=-len(unseen), suppressed=counts)
    events = (Event(EventKind.SUPPRESSED, one, "suppressed", decided_at=now) for one in counts)
    return Transition(after, entry, tuple(events))


def _never_shown(group: AlertGroup, alert: AlertState, why: _Unseen) -> AlertState:
    state = alert.last_shown.state if group.message is not None else ShownState.NOTHING
    shown = LastShown(state, alert.registers)
    return replace(alert, last_shown=shown, pending_since=NEVER, held_by=why.held_by)


def _why_unseen(group: AlertGroup, alert: AlertState, policy: Policy, now: Instant) -> _Unseen | None:
    """None where somebody is notified."""
    if alert.last_shown.state in SHOWS_NO_FIRING:
        until_now = group.phase.muted if isinstance(group.phase, Held) else None
        held_by = muted_now(group, alert, policy, now) or until_now
        if held_by is not None:
            return _Unseen(Suppressed(held_by.by), held_by)
    if group.message is not None or group.was_delayed or group.refresh_due:
        return None
    return _Unseen(Suppressed.ENDED_BEFORE_NOTIFIED)
