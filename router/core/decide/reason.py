"""Why a notification is told now, and by which call.

Reasons in Alertmanager's order (notify/dedup_stage.go), first match wins: first, new_alerts, all_resolved,
some_resolved, stale, repeat; and two of our own, where a message shows less than is known: moved, when all that fires
is told elsewhere by now, and refresh.
"""

from typing import Final

from router.core.decide.policy import Policy
from router.core.fold.missing import is_missing
from router.core.model.alert import Fingerprint
from router.core.model.group import AlertState, Notification, Op, Reason, ToldAs
from router.core.model.instant import NEVER, Instant
from router.core.model.tenant import OnChange, Receiver, Timing

_ENDINGS: Final = frozenset({Reason.ALL_RESOLVED, Reason.SOME_RESOLVED, Reason.STALE})
_CORRECTIONS: Final = frozenset({Reason.MOVED, Reason.REFRESH})


def reason_to_tell(loaded: Notification, timing: Timing, now: Instant) -> Reason | None:
    """Why this notification is told now; None when its message shows the truth already."""
    pending = [alert for alert in loaded.alerts.values() if alert.pending]
    staled = newly_stale(loaded, timing, now)
    if loaded.place is None and (pending or loaded.owed):
        return Reason.FIRST
    if any(alert.shown_firing for alert in pending):
        return Reason.NEW_ALERTS
    if pending:
        return Reason.SOME_RESOLVED if loaded.firing > len(staled) else Reason.ALL_RESOLVED
    if staled:
        return Reason.STALE
    if loaded.owed:
        return Reason.MOVED if _has_moved(loaded) else Reason.REFRESH
    return Reason.REPEAT if repeat_due(loaded, timing) in range(1, now + 1) else None


def _has_moved(loaded: Notification) -> bool:
    return not loaded.firing and any(alert.told.told_as is ToldAs.MOVED for alert in loaded.alerts.values())


def repeat_due(loaded: Notification, timing: Timing) -> Instant:
    """When the repeat may be told: the time since the last telling and a firing observation are both needed."""
    seen_again = any(
        alert.told.told_as is ToldAs.FIRING
        and alert.firing
        and alert.registers.seen_firing > alert.told.at.seen_firing
        for alert in loaded.alerts.values()
    )
    return Instant(loaded.told_at + timing.repeat_interval) if seen_again else NEVER


def newly_stale(loaded: Notification, timing: Timing, now: Instant) -> frozenset[Fingerprint]:
    """Alerts that fire in the message but that nobody reports any more."""
    return frozenset(
        fingerprint
        for fingerprint, alert in loaded.alerts.items()
        if alert.shown_firing and alert.told.told_as is ToldAs.FIRING and _is_stale(alert, loaded, timing, now)
    )


def _is_stale(alert: AlertState, loaded: Notification, timing: Timing, now: Instant) -> bool:
    return now - alert.registers.seen_firing > timing.stale_after or is_missing(alert, loaded, now)


def next_op(loaded: Notification, policy: Policy, now: Instant) -> Op:
    """The next call: the message first, the reply only about what the message shows already."""
    reason = reason_to_tell(loaded, policy.timing, now)
    if loaded.place is None or (reason and _posts_anew(reason, policy.receiver)):
        return Op.POST
    too_early = now < loaded.told_at + policy.timing.group_interval
    if loaded.say is not None and (too_early or reason is None):
        return loaded.say.op
    return Op.EDIT


def _posts_anew(reason: Reason, receiver: Receiver) -> bool:
    """As Alertmanager does: a message for each telling; what is not to be sent is an edit of the last one."""
    quiet = reason in _ENDINGS and not receiver.send_resolved
    return receiver.on_change is OnChange.POST and reason not in _CORRECTIONS and not quiet
