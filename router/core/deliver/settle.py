"""Take Slack's answer back into the group: what was shown, where, and what comes next.

A claim stores the lease before the call is made; `settle` is given what the claim showed and the group as it is by
then, since alerts go on being folded in meanwhile. A call that nobody settled lapses with its lease. Edits and thread
replies may be repeated or left out without harm; a post that may have been made is looked for (`doubt.py`).

Posts of a lane go one at a time, so where Slack was not reached they wait together. Edits of a lane are under way
side by side: one that failed waits by itself. It holds up no other, and what others do does not bring it forward.
"""

from typing import Final

from router.core.decide.held import held_back, without_held
from router.core.decide.policy import Policy
from router.core.decide.schedule import enqueue, enqueue_again, reschedule
from router.core.deliver.applied import apply_chart, apply_reply, apply_shown, clear_reply
from router.core.deliver.claim import Claim
from router.core.model.alert_state import AlertState, LastShown, ShownState
from router.core.model.changed import replace
from router.core.model.event import REPLY_REFUSED, Event, EventKind
from router.core.model.group import NO_FLAPS, AlertGroup
from router.core.model.instant import NEVER, SECOND, Instant, Span
from router.core.model.ledger import LedgerEntry, Suppressed
from router.core.model.muted import NOTHING_LEFT_OUT
from router.core.model.operation import Op
from router.core.model.phase import (
    Held,
    Idle,
    Lease,
    Parked,
    Queued,
    Sending,
    Uncertain,
    Waiting,
    failed_once_more,
    tries_of,
)
from router.core.model.transition import Transition
from router.core.slack.answer import (
    Accepted,
    Ambiguous,
    Answer,
    ChannelDead,
    Gone,
    Limited,
    NotDone,
    Refused,
    Unanswerable,
    Uneditable,
    Unreached,
    name,
)

_LONGEST_BACKOFF: Final = 60


def settle(current: AlertGroup, made: Claim, answer: Answer, policy: Policy, now: Instant) -> Transition:
    """The group after its call was answered, or after it was found that the lease was lost."""
    if not isinstance(current.phase, Sending | Uncertain) or _is_another(current.phase.lease, made):
        return _lost_lease(current, made, answer, policy, now)
    if isinstance(answer, Accepted) and made.is_for_a_chart_alone:
        return apply_chart(current, made, policy, now)
    if isinstance(answer, Accepted):
        apply = apply_shown if made.notification.op.shows_group else apply_reply
        return apply(current, made, answer, policy, now)
    return _not_made(current, made, answer, policy, now)


def _is_another(lease: Lease, made: Claim) -> bool:
    return lease.delivery_id != made.lease.delivery_id


def _not_made(current: AlertGroup, made: Claim, answer: NotDone, policy: Policy, now: Instant) -> Transition:
    """The group after a call that was not made, or may not have been; one for a chart alone is not worth another."""
    if made.is_for_a_chart_alone and not isinstance(answer, Ambiguous):
        return Transition(reschedule(replace(current, chart_due=False), policy, now))
    match answer:
        case Limited():
            return Transition(_again(current, policy, now), lane_at=Instant(now + answer.retry_after))
        case Unreached() if made.lease.op is Op.EDIT:
            return Transition(_edited_later(current, policy, now))
        case Unreached():
            return Transition(_again(current, policy, now), lane_at=_backoff(current, now))
        case Ambiguous() if isinstance(current.phase, Sending):
            return _ambiguous(current, current.phase, policy, now)
        case Ambiguous():
            return Transition(current)
        case Gone():
            return _gone(current, policy, now)
        case _:
            return _refused(current, made, answer, policy, now)


def _refused(current: AlertGroup, made: Claim, answer: NotDone, policy: Policy, now: Instant) -> Transition:
    """The group after a call that Slack will not make as it is."""
    match answer:
        case Uneditable() if made.lease.op is Op.EDIT:
            refused = replace(clear_reply(current), takes_no_edits=True, refresh_at=NEVER)
            return Transition(enqueue(refused, policy, now))
        case Unanswerable() if made.lease.op.is_reply:
            return _unanswered(current, made, policy, now)
        case Refused() if not current.use_plain_text:
            return Transition(_again(_simpler(current, made), policy, now))
        case Refused() if not made.notification.op.shows_group:
            return _unanswered(current, made, policy, now)
        case ChannelDead() if current.posted is not None and current.posted_to not in {"", policy.receiver.channel}:
            return _gone(current, policy, now)
        case _:
            return _parked(current, f"{name(answer)}:{answer.error}", _park_retry(answer, policy), now)


def _park_retry(answer: NotDone, policy: Policy) -> Span:
    return policy.times.channel_retry if isinstance(answer, ChannelDead) else policy.times.park_retry


def lapse(current: AlertGroup, sending: Sending, policy: Policy, now: Instant) -> Transition:
    """What becomes of a call whose lease ran out: nobody knows whether it was made.

    Before that it is left alone, whoever made the group due: what it waited for before the call may have ended.
    """
    if now < sending.lease.until:
        return Transition(current)
    return _ambiguous(current, sending, policy, now)


def park(current: AlertGroup, reason: str, policy: Policy, now: Instant) -> Transition:
    """Set the group aside with the reason; it goes on folding and is tried again after a while."""
    return _parked(current, reason, policy.times.park_retry, now)


def _parked(current: AlertGroup, reason: str, retry: Span, now: Instant) -> Transition:
    known, tries = tries_of(current.phase).parked_for, failed_once_more(current.phase)
    after = replace(current, phase=Parked(reason, Instant(now + retry), tries))
    event = Event(EventKind.PARKED, reason, "parked", attempts=tries.failed, decided_at=now)
    return Transition(after, events=(event,) if known != reason else ())


def _again(current: AlertGroup, policy: Policy, now: Instant) -> AlertGroup:
    """Back into the lane after one more call that did not succeed."""
    return enqueue_again(current, failed_once_more(current.phase), policy, now)


def _edited_later(current: AlertGroup, policy: Policy, now: Instant) -> AlertGroup:
    """Out of the lane after one more edit that failed, until it is made again; a reply that comes before it goes."""
    again = _again(current, policy, now)
    if not isinstance(again.phase, Queued) or again.phase.lane.method is not Op.EDIT.method:
        return again
    return replace(again, phase=Waiting(_backoff(current, now), again.phase.tries))


def _simpler(current: AlertGroup, made: Claim) -> AlertGroup:
    """What to show instead of what was refused: the same without pictures and buttons, or plain text."""
    return replace(current, without_extras=True) if made.shows_extras else replace(current, use_plain_text=True)


def _backoff(current: AlertGroup, now: Instant) -> Instant:
    return Instant(now + min(2 ** tries_of(current.phase).failed, _LONGEST_BACKOFF) * SECOND)


def _ambiguous(current: AlertGroup, sending: Sending, policy: Policy, now: Instant) -> Transition:
    op = sending.lease.op
    if op is Op.REPLY_THREAD:
        return Transition(reschedule(clear_reply(current), policy, now))
    if op is Op.EDIT:
        doubtful = replace(current, refresh_at=Instant(now + policy.times.longest_call))
        return Transition(_edited_later(doubtful, policy, now))
    until = Instant(now + policy.times.ambiguous_wait)
    return Transition(replace(current, phase=Uncertain(sending.lease, sending.lane, until, sending.tries)))


def _unanswered(current: AlertGroup, made: Claim, policy: Policy, now: Instant) -> Transition:
    """A reply that can never be made: without it, or, where it stood for an edit, in a message of its own."""
    quiet = replace(clear_reply(current), use_plain_text=False)
    if made.notification.op.shows_group:
        return Transition(enqueue(replace(_without_message(quiet), refresh_due=True), policy, now))
    event = Event(
        EventKind.SUPPRESSED, REPLY_REFUSED, "suppressed", notification=made.lease.delivery_id, decided_at=now
    )
    return Transition(reschedule(quiet, policy, now), events=(event,))


def _without_message(group: AlertGroup) -> AlertGroup:
    return replace(
        group,
        message=None,
        posted_to="",
        use_plain_text=False,
        worst_shown=None,
        takes_no_edits=False,
        refresh_at=NEVER,
        flaps=NO_FLAPS,
        left_out=NOTHING_LEFT_OUT,
        chart_due=False,
    )


def _gone(current: AlertGroup, policy: Policy, now: Instant) -> Transition:
    """The message is lost, or in a dead channel that its receiver has left.

    A new one follows if anything still fires that is not held back, else there is nothing left to keep true.
    """
    lost = _without_message(clear_reply(current))
    held = held_back(lost, policy, now)
    if without_held(lost, held).firing:
        return Transition(enqueue(replace(lost, refresh_due=True), policy, now))
    alerts = {fp: alert if fp in held else _ended_unseen(alert) for fp, alert in lost.alerts.items()}
    ended = lost.pending - len(held)
    entry = LedgerEntry(pending=-ended, suppressed={Suppressed.MESSAGE_GONE: ended})
    event = Event(EventKind.SUPPRESSED, Suppressed.MESSAGE_GONE, "suppressed", decided_at=now)
    after = replace(lost, alerts=alerts, pending=len(held), unreported=0, refresh_due=False)
    return Transition(reschedule(after, policy, now), entry, (event,))


def _ended_unseen(alert: AlertState) -> AlertState:
    if alert.last_shown.state.is_given_up and not alert.pending:
        return alert
    if alert.unreported:
        return replace(alert, last_shown=LastShown(ShownState.STALE, alert.registers), pending_since=NEVER)
    return replace(alert, last_shown=LastShown(ShownState.RESOLVED, alert.registers), pending_since=NEVER)


def _lost_lease(current: AlertGroup, made: Claim, answer: Answer, policy: Policy, now: Instant) -> Transition:
    """Somebody else has gone on: what this call did is taken in if it can be, and the newest state shown again."""
    unclaimed = isinstance(current.phase, Waiting | Queued | Parked | Held)
    same = current.message == made.snapshot.message and current.notified_at == made.snapshot.notified_at
    if isinstance(answer, Accepted) and unclaimed and same:
        if not made.notification.op.shows_group:
            return apply_reply(current, made, answer, policy, now)
        if made.notification.op is not Op.EDIT:
            return apply_shown(current, made, answer, policy, now)
    if isinstance(current.phase, Sending | Uncertain | Queued | Parked):
        return Transition(replace(current, refresh_due=True))
    if current.message is None and not current.is_open and not current.pending:
        return Transition(current)
    return Transition(replace(current, phase=_at_once(current.phase, now), refresh_due=True))


def _at_once(phase: Idle | Waiting | Held, now: Instant) -> Waiting:
    return Waiting(now, tries_of(phase))
