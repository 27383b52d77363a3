"""Take Slack's answer back into the notification: what was told, where it is shown, what comes next.

A claim stores the call before it is made; `settle` is given what the claim showed and the notification as it is by
then, since alerts go on being folded in meanwhile. A call that nobody settled lapses with its lease. Edits and plain
replies may be repeated or left out without harm; a post that may have been made is made again, and counted.
"""

from dataclasses import replace
from typing import Final, assert_never

from router.core.decide.notification import Telling
from router.core.decide.policy import Policy
from router.core.decide.schedule import enqueue, rest
from router.core.deliver.applied import Claim, all_said, said, told
from router.core.model.event import Event, EventKind
from router.core.model.group import Delivery, Lane, Notification, Op, Phase, Told, ToldAs
from router.core.model.instant import NEVER, SECOND, Instant, Span
from router.core.model.ledger import Books, Suppressed
from router.core.model.transition import Step
from router.core.slack.outcome import (
    Accepted,
    Ambiguous,
    Answer,
    ChannelDead,
    Gone,
    Limited,
    Refused,
    TokenDead,
    Unreached,
    name,
)

_LONGEST_BACKOFF: Final = 60
_REPEATABLE: Final = frozenset({Op.POST, Op.REPLY_ALOUD})


def claim(
    loaded: Notification, telling: Telling, delivery_id: str, policy: Policy, now: Instant
) -> tuple[Step, Claim]:
    """Take the notification out of its lane for one call; the delivery is stored before the call is made."""
    lane = loaded.lane or Lane(policy.receiver.channel, telling.op.method)
    delivery = Delivery(delivery_id, telling.op, telling.reason, lane, Instant(now + policy.lease))
    after = replace(
        loaded, phase=Phase.SENDING, lane=None, due=delivery.until, delivery=delivery, sends=loaded.sends + 1
    )
    lane_at = NEVER if telling.op is Op.EDIT else delivery.until
    return Step(after, lane_at=lane_at), Claim(telling, delivery, replace(after, rev=loaded.rev + 1), now)


def settle(current: Notification, made: Claim, answer: Answer, policy: Policy, now: Instant) -> Step:
    """The notification after its call was answered, or after it was found that the lease was lost."""
    if current.delivery is None or current.delivery.delivery_id != made.delivery.delivery_id:
        return _lost_lease(current, made, answer, policy, now)
    match answer:
        case Accepted() if made.telling.op.is_reply:
            return said(current, made, answer, policy, now)
        case Accepted():
            return told(current, made, answer, policy, now)
        case Limited():
            return Step(_again(current, policy, now), lane_at=Instant(now + answer.retry_after))
        case Unreached():
            return Step(_again(current, policy, now), lane_at=_backoff(current, now))
        case Ambiguous():
            return _ambiguous(current, made.delivery.op, policy, now)
        case Gone():
            return _gone(current, policy, now)
        case Refused() if not current.plain:
            return Step(_again(replace(current, plain=True), policy, now))
        case Refused() | ChannelDead() | TokenDead():
            return park(current, f"{name(answer)}:{answer.error}", policy.park_retry, now)
        case _:
            assert_never(answer)


def lapse(current: Notification, policy: Policy, now: Instant) -> Step:
    """What becomes of a call whose lease ran out: nobody knows whether it was made."""
    if current.delivery is None:
        return Step(rest(current, policy, now))
    return _ambiguous(current, current.delivery.op, policy, now)


def park(current: Notification, reason: str, retry: Span, now: Instant) -> Step:
    """Set the notification aside with the reason; it goes on folding and is tried again after a while."""
    after = replace(
        current,
        phase=Phase.PARKED,
        lane=None,
        delivery=None,
        due=Instant(now + retry),
        parked=reason,
        attempts=current.attempts + 1,
    )
    event = Event(EventKind.PARKED, reason, "parked", attempts=after.attempts, decided_at=now)
    return Step(after, events=(event,) if current.parked != reason else ())


def _again(current: Notification, policy: Policy, now: Instant) -> Notification:
    """Back into the lane, as old as it was; the newest state goes when its turn comes."""
    back = replace(current, delivery=None, attempts=current.attempts + 1)
    if back.pending or back.owed or back.say is not None or back.place is not None:
        return enqueue(back, policy, now)
    return rest(back, policy, now)


def _backoff(current: Notification, now: Instant) -> Instant:
    return Instant(now + min(2**current.attempts, _LONGEST_BACKOFF) * SECOND)


def _ambiguous(current: Notification, op: Op, policy: Policy, now: Instant) -> Step:
    if op is Op.REPLY_PLAIN:
        return Step(rest(all_said(current), policy, now))
    if op not in _REPEATABLE:
        return Step(_again(current, policy, now), lane_at=_backoff(current, now))
    after = replace(
        current,
        phase=Phase.WAITING,
        lane=None,
        delivery=None,
        due=Instant(now + policy.ambiguous_wait),
        owed=current.owed or op is Op.POST,
        attempts=current.attempts + 1,
    )
    return Step(after, Books(possible_repeats=1))


def _gone(current: Notification, policy: Policy, now: Instant) -> Step:
    """The message is lost: a new one if anything still fires, else there is nothing left to keep true."""
    lost = replace(all_said(current), place=None, delivery=None, plain=False, worst_told=None)
    if lost.firing:
        return Step(enqueue(replace(lost, owed=True), policy, now))
    alerts = {
        fp: alert
        if alert.told.told_as.is_given_up and not alert.pending
        else replace(alert, told=Told(ToldAs.RESOLVED, alert.registers), since=NEVER)
        for fp, alert in lost.alerts.items()
    }
    books = Books(pending=-lost.pending, suppressed={Suppressed.MESSAGE_GONE: lost.pending})
    event = Event(EventKind.SUPPRESSED, Suppressed.MESSAGE_GONE, "suppressed", decided_at=now)
    return Step(rest(replace(lost, alerts=alerts, pending=0, owed=False), policy, now), books, (event,))


def _lost_lease(current: Notification, made: Claim, answer: Answer, policy: Policy, now: Instant) -> Step:
    """Somebody else has gone on: what this call did is taken in if it can be, and the newest state shown again."""
    at_rest = current.phase in {Phase.WAITING, Phase.QUEUED, Phase.PARKED}
    same = current.place == made.snapshot.place and current.told_at == made.snapshot.told_at
    if isinstance(answer, Accepted) and at_rest and same and made.telling.op.is_reply:
        return said(current, made, answer, policy, now)
    if isinstance(answer, Accepted) and at_rest and same and made.telling.op is Op.POST:
        return told(current, made, answer, policy, now)
    if current.phase in {Phase.SENDING, Phase.QUEUED, Phase.PARKED}:
        return Step(replace(current, owed=True))
    if current.place is None and not current.firing and not current.pending:
        return Step(current)
    return Step(replace(current, phase=Phase.WAITING, due=now, owed=True))
