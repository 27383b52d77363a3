"""Alert groups of a receiver without a destination: their changes are counted as suppressed, and nothing is sent.

They are kept like all others, as if what they are had been shown: a later configuration may give the receiver a
channel, and then what still fires is shown there.
"""

from router.core.decide.notification import shown_now
from router.core.decide.policy import Policy
from router.core.decide.schedule import reschedule
from router.core.fold.fold import without_surplus
from router.core.model.alert_state import NOTHING_SHOWN, AlertState, LastShown, ShownState
from router.core.model.changed import replace
from router.core.model.event import Event, EventKind
from router.core.model.group import AlertGroup
from router.core.model.instant import NEVER, Instant
from router.core.model.ledger import LedgerEntry, Suppressed
from router.core.model.operation import Op
from router.core.model.phase import Idle
from router.core.model.transition import Transition


def count_unsent(group: AlertGroup, policy: Policy, now: Instant) -> Transition:
    """Every alert as it would be shown now, and what is pending in the books as suppressed."""
    alerts = dict(group.alerts)
    for alert_id, state in shown_now(group, Op.EDIT, policy.timing, now).items():
        alert = alerts[alert_id]
        shown = LastShown(state, alert.registers)
        alerts[alert_id] = replace(alert, last_shown=shown, pending_since=NEVER, unreplied=ShownState.NOTHING)
    kept = without_surplus(alerts)
    counted = replace(
        group,
        phase=Idle(),
        alerts=kept,
        contents=sum(alert.content is not None for alert in kept.values()),
        pending=0,
        firing=sum(alert.shown_firing for alert in kept.values()),
        unreported=sum(alert.unreported for alert in kept.values()),
        notified_at=now,
        pending_reply=None,
        refresh_due=False,
        refresh_at=NEVER,
    )
    reason = Suppressed.NO_DESTINATION
    entry = LedgerEntry(pending=-group.pending, suppressed={reason: group.pending})
    event = Event(EventKind.SUPPRESSED, reason, "suppressed", decided_at=now)
    return Transition(reschedule(counted, policy, now), entry, (event,) if group.pending else ())


def has_unsent(group: AlertGroup) -> bool:
    """Whether something fires that was counted as unsent: no message shows it, and none is about to."""
    return group.message is None and not group.refresh_due and _unsent_count(group) > 0


def show_unsent(group: AlertGroup, now: Instant) -> Transition:
    """The group once its receiver has a destination: what fires is to be shown, as if it began now."""
    alerts = {
        alert_id: replace(alert, last_shown=NOTHING_SHOWN, pending_since=now) if _is_unsent(alert) else alert
        for alert_id, alert in group.alerts.items()
    }
    count = _unsent_count(group)
    after = replace(group, alerts=alerts, pending=group.pending + count, notified_at=NEVER)
    return Transition(after, LedgerEntry(changes=count, pending=count))


def _unsent_count(group: AlertGroup) -> int:
    return sum(map(_is_unsent, group.alerts.values()))


def _is_unsent(alert: AlertState) -> bool:
    """Whether it fires and counts as shown."""
    return alert.shown_firing and alert.last_shown.state.is_open and not alert.pending
