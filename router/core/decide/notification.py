"""A call to make: what it shows of each alert, and whom it calls."""

from collections.abc import Mapping
from dataclasses import dataclass

from router.core.decide.policy import Policy
from router.core.decide.reason import newly_stale
from router.core.model.alert import Fingerprint
from router.core.model.group import AlertState, Notification, Op, Reason, Say, ToldAs
from router.core.model.instant import NEVER, Instant
from router.core.model.tenant import Receiver, Severity


@dataclass(frozen=True, slots=True)
class Telling:
    """A call to make, and what it shows of each alert."""

    op: Op
    reason: Reason
    shown: Mapping[Fingerprint, ToldAs]
    reopens: bool = False
    escalates: bool = False
    mentions: bool = False


def tell(loaded: Notification, op: Op, reason: Reason, policy: Policy, now: Instant) -> Telling:
    """A post or an edit: the message as it is now."""
    staled = newly_stale(loaded, policy.timing, now)
    firing_before = any(alert.told.told_as is ToldAs.FIRING for alert in loaded.alerts.values())
    fires = any(alert.shown_firing for alert in loaded.alerts.values())
    reopens = loaded.place is not None and loaded.told_at != NEVER and not firing_before and fires
    worst = worst_severity(loaded, policy.severity)
    first = reason is Reason.FIRST and (loaded.told_at == NEVER or not loaded.owed)
    escalates = loaded.worst_told is not None and worst < loaded.worst_told
    return Telling(
        op=op,
        reason=reason,
        shown={
            fingerprint: _shown_as(alert, stale=fingerprint in staled)
            for fingerprint, alert in loaded.alerts.items()
            if alert.in_message and not (op is Op.POST and _has_left(alert))
        },
        reopens=reopens,
        escalates=escalates,
        mentions=fires and (op is Op.POST and (first or reopens or escalates)),
    )


def _shown_as(alert: AlertState, *, stale: bool) -> ToldAs:
    if alert.told.told_as.is_given_up and not alert.pending:
        return alert.told.told_as
    if stale:
        return ToldAs.STALE
    return ToldAs.FIRING if alert.firing else ToldAs.RESOLVED


def _has_left(alert: AlertState) -> bool:
    return alert.told.told_as is ToldAs.MOVED and not alert.pending


def reply(loaded: Notification, op: Op, receiver: Receiver) -> Telling:
    """A reply: what the message shows and nobody was told aloud."""
    endings = frozenset(
        {ToldAs.NOTHING} if receiver.send_resolved else {ToldAs.NOTHING, ToldAs.RESOLVED, ToldAs.STALE}
    )
    unsaid = {fp: alert.unsaid for fp, alert in loaded.alerts.items() if alert.unsaid not in endings}
    say = loaded.say or Say(op, Reason.REFRESH)
    return Telling(
        op=op,
        reason=say.reason,
        shown=unsaid,
        reopens=say.reopens,
        escalates=say.escalates,
        mentions=say.reopens or say.escalates,
    )


def worst_severity(loaded: Notification, severity: Severity) -> int:
    """The rank of the worst firing alert; the mildest where nothing fires."""
    contents = (alert.content for alert in loaded.alerts.values() if alert.shown_firing)
    return min((severity.rank(content.labels) for content in contents if content), default=severity.mildest)
