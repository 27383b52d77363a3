"""Is there something to tell of a notification now, why, and by which call; or when to look again.

`when_due` moves a notification whose time has come, `at_head` decides once more at the head of its lane, so that what
is sent is what is true then. Reasons in Alertmanager's order (notify/dedup_stage.go), first match wins: first,
new_alerts, all_resolved, some_resolved, stale, repeat; and refresh, where a message may show less than was known.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from router.core.alert import Fingerprint
from router.core.books import Books, Suppressed
from router.core.event import Event, EventKind
from router.core.instant import HOUR, NEVER, Instant, Span, earliest
from router.core.missing import is_missing, missing_due, watch_again
from router.core.notification import (
    AlertState,
    Lane,
    Notification,
    Op,
    Phase,
    Rank,
    Reason,
    Say,
    Told,
    ToldAs,
)
from router.core.step import Step
from router.core.tenant import OnChange, Receiver, Severity, Timing

REPLAY_HORIZON: Final = Span(24 * HOUR)
"""How long registers outlive the telling; older records are dead-lettered."""

_ENDINGS: Final = frozenset({Reason.ALL_RESOLVED, Reason.SOME_RESOLVED, Reason.STALE})


@dataclass(frozen=True, slots=True)
class Policy:
    """What the tenant's configuration and the platform's settings say about one notification."""

    receiver: Receiver
    timing: Timing
    severity: Severity
    lease: Span
    ambiguous_wait: Span
    park_retry: Span
    config_version: int


@dataclass(frozen=True, slots=True)
class Telling:
    """A call to make, and what it shows of each alert."""

    op: Op
    reason: Reason
    shown: Mapping[Fingerprint, ToldAs]
    reopens: bool = False
    escalates: bool = False
    mentions: bool = False


def when_due(loaded: Notification, policy: Policy, now: Instant) -> Step:
    """Move a notification whose due time has come: into a lane if there is something to tell, else to rest."""
    tidy, books, events = _suppress_ended(_forget_closed_told(loaded), now)
    reason = reason_to_tell(tidy, policy.timing, now)
    if reason is None and tidy.say is None:
        return Step(rest(tidy, policy, now), books, events)
    return Step(enqueue(tidy, policy, now), books, events)


def at_head(loaded: Notification, policy: Policy, now: Instant) -> Telling | Step:
    """What the head of a lane is for: a call to make now, or the step that takes it out of the lane."""
    reason = reason_to_tell(loaded, policy.timing, now)
    if reason is None and loaded.say is None:
        return Step(rest(loaded, policy, now))
    op = next_op(loaded, policy, now)
    if loaded.lane != Lane(policy.receiver.channel, op.method):
        return Step(enqueue(loaded, policy, now))
    if op.is_reply or reason is None:
        return _reply(loaded, op, policy.receiver)
    return _telling(loaded, op, reason, policy, now)


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
        return Reason.REFRESH
    return Reason.REPEAT if repeat_due(loaded, timing) in range(1, now + 1) else None


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
    return receiver.on_change is OnChange.POST and reason is not Reason.REFRESH and not quiet


def enqueue(loaded: Notification, policy: Policy, now: Instant) -> Notification:
    """The notification standing in the lane of its next call."""
    op = next_op(loaded, policy, now)
    return replace(
        loaded,
        phase=Phase.QUEUED,
        due=NEVER,
        lane=Lane(policy.receiver.channel, op.method),
        rank=Rank.REPLY if op.is_reply else _rank(loaded, policy.severity),
        queued_since=loaded.queued_since or _oldest_untold(loaded) or now,
        waited=True,
        config_version=policy.config_version,
    )


def _rank(loaded: Notification, severity: Severity) -> Rank:
    if loaded.firing == 0:
        return Rank.URGENT
    contents = (alert.content for alert in loaded.alerts.values() if alert.pending and alert.shown_firing)
    return Rank.URGENT if any(c and severity.rank(c.labels) == 0 for c in contents) else Rank.NORMAL


def _oldest_untold(loaded: Notification) -> Instant:
    return earliest(*(alert.since for alert in loaded.alerts.values() if alert.pending))


def rest(loaded: Notification, policy: Policy, now: Instant) -> Notification:
    """The notification with nothing to tell this moment: waiting for its next telling, or idle until a timer."""
    at_rest = replace(loaded, lane=None, queued_since=NEVER, delivery=None, attempts=0, parked="")
    if at_rest.say is not None:
        return enqueue(at_rest, policy, now)
    if at_rest.pending or at_rest.owed:
        due = Instant(max(now, at_rest.told_at + policy.timing.group_interval))
        return replace(at_rest, phase=Phase.WAITING, due=due)
    pruned = _prune(replace(at_rest, phase=Phase.IDLE, waited=False), now)
    return replace(pruned, due=_idle_due(pruned, policy.timing, now))


def _idle_due(idle: Notification, timing: Timing, now: Instant) -> Instant:
    if not idle.firing:
        return NEVER
    firing = [alert for alert in idle.alerts.values() if alert.shown_firing]
    stale_at = earliest(*(Instant(alert.registers.seen_firing + timing.stale_after + 1) for alert in firing))
    due = earliest(repeat_due(idle, timing), missing_due(idle), stale_at)
    return Instant(max(due, now, idle.told_at + timing.group_interval)) if due != NEVER else NEVER


def _prune(idle: Notification, now: Instant) -> Notification:
    """Forget alerts that ended and were told longer ago than records are accepted; watch senders as is needed."""
    kept = {
        fingerprint: alert
        for fingerprint, alert in idle.alerts.items()
        if alert.shown_firing or alert.pending or _last_seen(alert) > now - REPLAY_HORIZON
    }
    return replace(
        idle,
        alerts=kept,
        contents=sum(alert.content is not None for alert in kept.values()),
        senders=watch_again(idle, kept, now),
    )


def _last_seen(alert: AlertState) -> Instant:
    return max(alert.registers.seen_firing, alert.registers.seen_resolved)


def _forget_closed_told(loaded: Notification) -> Notification:
    """Without a message of its own nothing of an earlier one is shown: told marks go, registers stay."""
    if loaded.place is not None or loaded.owed:
        return loaded
    alerts = {
        fingerprint: replace(alert, told=replace(alert.told, told_as=ToldAs.NOTHING))
        if alert.told.told_as is ToldAs.RESOLVED
        else alert
        for fingerprint, alert in loaded.alerts.items()
    }
    return replace(loaded, alerts=alerts)


def _suppress_ended(loaded: Notification, now: Instant) -> tuple[Notification, Books, tuple[Event, ...]]:
    """What fired and ended within group_wait, before our own limits made it wait, is not worth a message."""
    if loaded.place is not None or loaded.waited or loaded.owed:
        return loaded, Books(), ()
    ended = [fp for fp, alert in loaded.alerts.items() if alert.pending and not alert.shown_firing]
    if not ended:
        return loaded, Books(), ()
    alerts = dict(loaded.alerts)
    for fingerprint in ended:
        told = Told(ToldAs.NOTHING, alerts[fingerprint].registers)
        alerts[fingerprint] = replace(alerts[fingerprint], told=told, since=NEVER)
    reason = Suppressed.ENDED_BEFORE_TOLD
    books = Books(pending=-len(ended), suppressed={reason: len(ended)})
    event = Event(EventKind.SUPPRESSED, reason, "suppressed", told=0, decided_at=now)
    return replace(loaded, alerts=alerts, pending=loaded.pending - len(ended)), books, (event,)


def _telling(loaded: Notification, op: Op, reason: Reason, policy: Policy, now: Instant) -> Telling:
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
            if alert.in_message
        },
        reopens=reopens,
        escalates=escalates,
        mentions=fires and (op is Op.POST and (first or reopens or escalates)),
    )


def _shown_as(alert: AlertState, *, stale: bool) -> ToldAs:
    if stale or (alert.told.told_as is ToldAs.STALE and not alert.pending):
        return ToldAs.STALE
    return ToldAs.FIRING if alert.firing else ToldAs.RESOLVED


def _reply(loaded: Notification, op: Op, receiver: Receiver) -> Telling:
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
