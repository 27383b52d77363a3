"""Where a notification stands between two calls: in a lane, waiting for its next telling, or idle until a timer."""

from dataclasses import replace
from typing import Final

from router.core.decide.policy import Policy
from router.core.decide.reason import next_op, repeat_due
from router.core.fold.missing import missing_due, watch_again
from router.core.model.group import AlertState, Lane, Notification, Phase, Rank
from router.core.model.instant import HOUR, NEVER, Instant, Span, earliest
from router.core.model.tenant import Severity, Timing

REPLAY_HORIZON: Final = Span(24 * HOUR)
"""How long registers outlive the telling; older records are dead-lettered."""


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
