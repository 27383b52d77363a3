"""A post or a broadcast of which nobody knows whether it was made: what Slack is asked, and what follows from it.

Slack is asked for the message with the call's delivery id in its metadata. What the call showed is known without
the process that made it: while a call is in flight, folding notes the registers that it shows (`AlertState.at_call`).
What is not found is made again and counted as a possible repeat, since Slack may show it seconds later after all.
"""

from typing import Final

from router.core.decide.notification import message_notification, reply_notification
from router.core.decide.policy import Policy
from router.core.deliver.applied import apply_reply, apply_shown
from router.core.deliver.claim import Claim
from router.core.model.alert_state import NOTHING_SHOWN, AlertState, ShownState
from router.core.model.changed import replace
from router.core.model.group import AlertGroup
from router.core.model.instant import HOUR, MINUTE, Instant, Span
from router.core.model.ledger import LedgerEntry
from router.core.model.operation import Op
from router.core.model.phase import Lease, Uncertain, Waiting, failed_once_more
from router.core.model.registers import UNSEEN
from router.core.model.transition import Transition
from router.core.slack.answer import Accepted, Ambiguous, Answer, Limited, Unreached
from router.core.slack.search import Search

PATIENCE: Final = MINUTE
"""For so long Slack is asked again where it does not answer; the time in which nobody could ask does not count."""

LONGEST: Final = 6 * HOUR
"""After the lease of the call nobody asks any more, whatever the reason was that nobody could."""


def look(current: AlertGroup, doubted: Uncertain, policy: Policy, now: Instant) -> Transition:
    """Slack is being asked: nobody else asks until that must have ended."""
    if now < doubted.until:
        return Transition(current)
    if now > doubted.lease.until + LONGEST:
        return _made_again(current, doubted, now)
    return Transition(replace(current, phase=replace(doubted, until=Instant(now + policy.times.lease))))


def search_for(current: AlertGroup, doubted: Uncertain, policy: Policy) -> Search:
    """What Slack is asked; the channel by the name that it is configured by."""
    called_at = _called_at(doubted.lease, policy)
    if doubted.lease.op is Op.POST or current.posted is None:
        return Search(doubted.lane.channel, doubted.lease.delivery_id, called_at)
    return Search(current.posted.channel, doubted.lease.delivery_id, called_at, current.posted)


def judge(current: AlertGroup, asked: Uncertain, answer: Answer, policy: Policy, now: Instant) -> Transition:
    """What became of the call, by what Slack answered: `Accepted` where it was found.

    A group that has moved on since stays as it is.
    """
    doubted = current.phase
    if not isinstance(doubted, Uncertain) or doubted.lease != asked.lease:
        return Transition(current)
    match answer:
        case Accepted():
            made = _as_claimed(current, doubted, policy)
            apply = apply_shown if made.notification.op.shows_group else apply_reply
            return apply(current, made, answer, policy, now)
        case Limited(retry_after=wait):
            return _later(current, doubted, wait, now)
        case Unreached() | Ambiguous():
            return _later(current, doubted, policy.times.ambiguous_wait, now)
        case _:
            return _made_again(current, doubted, now)


def _later(current: AlertGroup, doubted: Uncertain, wait: Span, now: Instant) -> Transition:
    """Slack is asked again after a while, and after a minute of that nobody asks any more."""
    at, since = Instant(now + wait), doubted.unanswered_since or now
    if at > since + PATIENCE:
        return _made_again(current, doubted, now)
    return Transition(replace(current, phase=replace(doubted, until=at, unanswered_since=since)))


def _made_again(current: AlertGroup, doubted: Uncertain, now: Instant) -> Transition:
    """Due at once; a message that may stand there already is made again also if nothing is pending by now."""
    after = replace(
        current,
        phase=Waiting(now, failed_once_more(doubted)),
        refresh_due=current.refresh_due or doubted.lease.op is Op.POST,
    )
    return Transition(after, LedgerEntry(possible_repeats=1))


def _as_claimed(current: AlertGroup, doubted: Uncertain, policy: Policy) -> Claim:
    """The call with the group as it was when it began, as far as the call shows it."""
    lease, called_at = doubted.lease, _called_at(doubted.lease, policy)
    alerts = {fp: _at_call(alert) for fp, alert in current.alerts.items() if alert.at_call != UNSEEN}
    then = replace(current, alerts=alerts)
    if lease.op.shows_group:
        notification = message_notification(then, lease.op, lease.reason, policy, called_at)
    else:
        notification = reply_notification(then, lease.op, policy.receiver)
    # Whether it was due when the call began is not known: shown once more it is right in any case.
    return Claim(notification, lease, replace(then, refresh_due=False), called_at)


def _at_call(alert: AlertState) -> AlertState:
    """The alert as the call shows it; what has left since had not left yet."""
    registers = alert.registers if alert.at_call is None else alert.at_call
    has_left = alert.last_shown.state is ShownState.REROUTED
    return replace(alert, registers=registers, last_shown=NOTHING_SHOWN if has_left else alert.last_shown)


def _called_at(lease: Lease, policy: Policy) -> Instant:
    return Instant(lease.until - policy.times.lease)
