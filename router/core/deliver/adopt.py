"""Go on with a message that is there although its group was lost: what an event notes as shown, taken in again.

The group may have been folded again meanwhile. What was observed of an alert is the maximum of both; what was shown
of it is what the event notes, so that only what is different by now is notified.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from router.core.decide.policy import Policy
from router.core.decide.schedule import reschedule
from router.core.model.alert import AlertId
from router.core.model.alert_state import AlertState, LastShown, ShownState
from router.core.model.changed import replace
from router.core.model.event import Shown
from router.core.model.group import AlertGroup, MessageRef
from router.core.model.instant import NEVER, Instant
from router.core.model.ledger import LedgerEntry
from router.core.model.operation import Reason
from router.core.model.registers import Registers
from router.core.model.transition import Transition


@dataclass(frozen=True, slots=True)
class Place:
    """Where a group was shown last, when, why, and what its message shows since."""

    message: MessageRef
    shown: Shown
    notified_at: Instant
    reason: Reason


def adopt(current: AlertGroup, place: Place, policy: Policy, now: Instant) -> Transition:
    """The group, loaded whole, shown in that message; as it is where it was shown later, or is being shown now."""
    if current.is_called or current.shown_by is not None or current.notified_at >= place.notified_at:
        return Transition(current)
    alerts = {**current.alerts, **_adopted(current.alerts, place.shown.alerts)}
    pending = sum(alert.pending for alert in alerts.values())
    new = sum(alert.pending and not _was_pending(current, one) for one, alert in alerts.items())
    worst = [one for one in (current.worst_shown, place.shown.worst) if one is not None]
    adopted = replace(
        current,
        alerts=alerts,
        pending=pending,
        firing=sum(alert.shown_firing for alert in alerts.values()),
        message=place.message,
        notified_at=place.notified_at,
        last_reason=place.reason,
        reopened=max(current.reopened, place.shown.reopened),
        worst_shown=min(worst, default=None),
        takes_no_edits=place.shown.takes_no_edits,
        refresh_due=False,
        refresh_at=NEVER,
    )
    entry = LedgerEntry(changes=new, pending=pending - current.pending, superseded=new + current.pending - pending)
    return Transition(reschedule(adopted, policy, now), entry)


def _was_pending(group: AlertGroup, alert: AlertId) -> bool:
    return alert in group.alerts and group.alerts[alert].pending


def _adopted(alerts: Mapping[AlertId, AlertState], shown: Mapping[AlertId, LastShown]) -> dict[AlertId, AlertState]:
    return {one: _with(alerts.get(one, AlertState()), last) for one, last in shown.items()}


def _with(alert: AlertState, last: LastShown) -> AlertState:
    known = replace(alert, registers=_latest(alert.registers, last.registers), last_shown=last)
    since = known.pending_since or known.registers.last_seen
    return replace(known, pending_since=since if known.pending else NEVER, unreplied=ShownState.NOTHING)


def _latest(one: Registers, other: Registers) -> Registers:
    return Registers(
        max(one.start, other.start),
        max(one.end, other.end),
        max(one.seen_firing, other.seen_firing),
        max(one.seen_resolved, other.seen_resolved),
    )
