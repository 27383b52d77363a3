"""When a group is looked at next: queued in a lane, waiting, or idle until a timer. The one scheduler."""

from router.core.decide.flapping import quiet_due
from router.core.decide.policy import REPLAY_HORIZON, Policy, goes_nowhere
from router.core.decide.reason import next_op, repeat_due
from router.core.decide.sight import out_of_sight, sight_changes_at
from router.core.fold.missing import missing_due, watch_again
from router.core.model.alert import Status
from router.core.model.alert_state import AlertState
from router.core.model.changed import replace
from router.core.model.group import NO_FLAPS, AlertGroup
from router.core.model.instant import NEVER, Instant, earliest
from router.core.model.muted import NOTHING_LEFT_OUT
from router.core.model.observation import Observations
from router.core.model.operation import Lane, Op
from router.core.model.phase import (
    NO_TRIES,
    Held,
    Idle,
    Parked,
    Queued,
    Rank,
    Sending,
    Tries,
    Uncertain,
    Waiting,
    tries_of,
)
from router.core.model.rules.route import NO_GRACE, Timing
from router.core.model.rules.severity import Severity


def after_fold(
    before: AlertGroup, after: AlertGroup, seen: Observations, timing: Timing, severity: Severity, now: Instant
) -> AlertGroup:
    """The group in the phase that what was folded calls for; only the alerts of the body need be loaded."""
    if after.chart_due and not after.is_called and _has_news(before, after):
        after = replace(after, chart_due=False, phase=Idle())  # what is new comes at its own pace, chart and all
    match after.phase:
        case Queued() as queued if _is_urgent(after, seen, severity):
            return replace(after, phase=replace(queued, rank=Rank.URGENT))
        case Waiting(until) as waiting if _waits_no_longer(after, waiting, seen, severity):
            return replace(after, phase=replace(waiting, until=min(until, _first_due(after, seen, timing, now))))
        case Idle() if after.pending or after.refresh_due or after.has_reported_again:
            opened = forget_old_message(after, timing, now) if before.closed else after
            return replace(opened, phase=Waiting(_first_due(opened, seen, timing, now)))
        case Idle(look_at):
            due = earliest(look_at, *_timers(after, timing, now))
            return after if due == look_at else replace(after, phase=Idle(due))
        case Held() if _has_news(before, after):
            return replace(after, phase=Waiting(_first_due(after, seen, timing, now), tries_of(after.phase)))
        case Held(_, until) as held:
            missing, _ = _timers(after, timing, now)
            return after if earliest(missing, until) == until else replace(after, phase=replace(held, until=missing))
        case Queued() | Waiting() | Sending() | Uncertain() | Parked():
            return after


def _has_news(before: AlertGroup, after: AlertGroup) -> bool:
    """Whether folding brought something that is to be decided on."""
    return (before.pending, before.firing, before.refresh_due) != (after.pending, after.firing, after.refresh_due)


def after_learning(group: AlertGroup, timing: Timing, now: Instant) -> AlertGroup:
    """Due as soon as an edit is allowed, where what was found out calls for one; also with a part of it loaded."""
    if not isinstance(group.phase, Idle) or not (group.refresh_due or out_of_sight(group, timing, now)):
        return group
    return replace(group, phase=Waiting(Instant(max(now, _allowed_at(group, timing)))))


def after_leaving(marked: AlertGroup, now: Instant) -> AlertGroup:
    """Due at once, for the edit that shows what has left; while a call is in flight, settling it finds the marks."""
    if marked.is_called or (marked.message is None and marked.pending):
        return marked
    return replace(marked, phase=Waiting(now))


def forget_old_message(after: AlertGroup, timing: Timing, now: Instant) -> AlertGroup:
    """A closed message is reopened only for a while; later the group gets a new one."""
    if not after.is_open or now - after.notified_at <= timing.reopen_within:
        return after
    return replace(
        after,
        message=None,
        notified_at=NEVER,
        reopened=0,
        worst_shown=None,
        without_extras=False,
        takes_no_edits=False,
        refresh_at=NEVER,
        flaps=NO_FLAPS,
        left_out=NOTHING_LEFT_OUT,
        chart_due=False,
    )


def enqueue(group: AlertGroup, policy: Policy, now: Instant) -> AlertGroup:
    """The group in the lane of its next call, as old as it was; what goes nowhere is due at once instead."""
    if goes_nowhere(group, policy):
        return replace(group, phase=Waiting(now, tries_of(group.phase)))
    op = next_op(group, policy, now)
    tries = tries_of(group.phase)
    queued = Queued(
        lane=lane_of(group, op, policy),
        rank=_rank(group, policy.severity) if op.shows_group and not group.is_for_a_chart_alone else Rank.REPLY,
        tries=replace(tries, since=tries.since or group.oldest_pending or now),
    )
    return replace(group, phase=queued, was_delayed=True)


def enqueue_again(group: AlertGroup, tries: Tries, policy: Policy, now: Instant) -> AlertGroup:
    """Back into the lane, as old as it was; the newest state goes when its turn comes."""
    shows = group.pending or group.refresh_due or group.pending_reply is not None
    if not shows and group.message is None:
        return reschedule(group, policy, now)
    return enqueue(replace(group, phase=Waiting(now, tries)), policy, now)


def lane_of(group: AlertGroup, op: Op, policy: Policy) -> Lane:
    """Where a group waits for this call."""
    return Lane(group.shown_by or policy.receiver.channel, op.method)


def reschedule(group: AlertGroup, policy: Policy, now: Instant) -> AlertGroup:
    """The group with nothing to send this moment: waiting for its next notification, or idle until a timer."""
    if group.pending_reply is not None:
        return enqueue(replace(group, phase=Idle()), policy, now)
    if group.pending or group.refresh_due or group.has_reported_again:
        due = Instant(max(now, _allowed_at(group, policy.timing)))
        return replace(group, phase=Waiting(due))
    idle = _prune(replace(group, was_delayed=False, chart_due=False), now)
    timer = _idle_until(idle, policy, now)
    return replace(idle, phase=Idle(earliest(timer, quiet_due(idle, policy.flapping))))


def _first_due(group: AlertGroup, seen: Observations, timing: Timing, now: Instant) -> Instant:
    """When what was folded may be shown; what may be inhibited gives its source a while to come as well."""
    grace = timing.inhibit_grace if seen.targets and not _brings_others(group, seen) else NO_GRACE
    if group.notified_at == NEVER:
        return Instant(now + max(timing.group_wait, grace))
    return Instant(max(now + grace, _allowed_at(group, timing)))


def _waits_no_longer(group: AlertGroup, waiting: Waiting, seen: Observations, severity: Severity) -> bool:
    """Whether a body brings what need not wait for what its group waits for; after a failed call all wait."""
    if group.notified_at != NEVER:
        return not waiting.tries.failed and _is_urgent(group, seen, severity)
    return waiting.tries == NO_TRIES and _brings_others(group, seen)


def _brings_others(group: AlertGroup, seen: Observations) -> bool:
    """Whether a body brings something to show that no rule may hold back."""
    others = (one for one in seen.alerts if one.status is Status.RESOLVED or one.alert_id not in seen.targets)
    return any(group.alerts[one.alert_id].pending for one in others)


def _allowed_at(group: AlertGroup, timing: Timing) -> Instant:
    """When it may be notified again; what is shown by a digest, whenever that is."""
    return NEVER if group.shown_by is not None else Instant(group.notified_at + timing.group_interval)


def _is_urgent(group: AlertGroup, seen: Observations, severity: Severity) -> bool:
    critical = any(
        group.alerts[alert.alert_id].pending and severity.rank(alert.labels) == 0
        for alert in seen.alerts
        if alert.status is Status.FIRING
    )
    return group.pending > 0 and (critical or not group.is_open)


def _rank(group: AlertGroup, severity: Severity) -> Rank:
    if not group.is_open or group.digest is not None:
        return Rank.URGENT
    contents = (alert.content for alert in group.alerts.values() if alert.pending and alert.shown_firing)
    return Rank.URGENT if any(c and severity.rank(c.labels) == 0 for c in contents) else Rank.NORMAL


def _timers(group: AlertGroup, timing: Timing, now: Instant) -> tuple[Instant, Instant]:
    """When to look for missing alerts, which only an edit shows, and when to repeat; neither before it is allowed."""
    missing, repeat = NEVER if group.takes_no_edits else missing_due(group), repeat_due(group, timing)
    allowed = _allowed_at(group, timing)
    return (
        Instant(max(missing, allowed)) if missing != NEVER else NEVER,
        Instant(max(repeat, now)) if repeat != NEVER else NEVER,
    )


def _idle_until(idle: AlertGroup, policy: Policy, now: Instant) -> Instant:
    """The next timer of a group whose alerts are all loaded; NEVER when nothing is open and its message is sure."""
    timing = policy.timing
    timers = (sight_changes_at(idle, policy, now), *_timers(idle, timing, now)) if idle.is_open else ()
    due = earliest(idle.refresh_at, *timers)
    return Instant(max(due, now, _allowed_at(idle, timing))) if due != NEVER else NEVER


def _prune(idle: AlertGroup, now: Instant) -> AlertGroup:
    """Forget alerts that ended and were shown longer ago than records are accepted; watch senders as needed."""
    kept = {
        alert_id: alert
        for alert_id, alert in idle.alerts.items()
        if alert.is_open or alert.pending or _last_heard(alert) > now - REPLAY_HORIZON
    }
    return replace(
        idle,
        alerts=kept,
        contents=sum(alert.content is not None for alert in kept.values()),
        senders=watch_again(idle, kept, now),
    )


def _last_heard(alert: AlertState) -> Instant:
    """The newest observation of it, or the one that is on its way here from another group."""
    return max(alert.registers.last_seen, alert.pending_since)
