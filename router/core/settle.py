"""Take Slack's answer back into the notification: what was told, where it is shown, what comes next.

A claim stores the call before it is made; `settle` is given what the claim showed and the notification as it is by
then, since alerts go on being folded in meanwhile. A call that nobody settled lapses with its lease. Edits and plain
replies may be repeated or left out without harm; a post that may have been made is made again, and counted.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import assert_never

from router.core.alert import Fingerprint
from router.core.answer import (
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
from router.core.books import Books, Suppressed
from router.core.decide import Policy, Telling, enqueue, rest, worst_severity
from router.core.event import Event, EventKind
from router.core.instant import NEVER, SECOND, Instant, Span, earliest
from router.core.notification import (
    AlertState,
    Delivery,
    Lane,
    Notification,
    Op,
    Phase,
    Place,
    Reason,
    Registers,
    Say,
    Told,
    ToldAs,
)
from router.core.step import Step
from router.core.tenant import OnChange

_LONGEST_BACKOFF = 60
_REPEATABLE = frozenset({Op.POST, Op.REPLY_ALOUD})


@dataclass(frozen=True, slots=True)
class Claim:
    """A call about to be made: what it tells, and the notification as it was decided."""

    telling: Telling
    delivery: Delivery
    snapshot: Notification
    claimed_at: Instant


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
    return Step(after, lane_at=lane_at), Claim(telling, delivery, after, now)


def settle(current: Notification, made: Claim, answer: Answer, policy: Policy, now: Instant) -> Step:
    """The notification after its call was answered, or after it was found that the lease was lost."""
    if current.delivery is None or current.delivery.delivery_id != made.delivery.delivery_id:
        return _lost_lease(current, made, answer, policy, now)
    match answer:
        case Accepted() if made.telling.op.is_reply:
            return _said(current, made, answer, policy, now)
        case Accepted():
            return _told(current, made, answer, policy, now)
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


def _told(current: Notification, made: Claim, answer: Accepted, policy: Policy, now: Instant) -> Step:
    alerts, covered = _mark_told(current.alerts, made, says=_says(made, policy))
    pending = sum(alert.pending for alert in alerts.values())
    back = sum(
        alert.pending and alert.told.told_as is ToldAs.STALE and not current.alerts[fp].pending
        for fp, alert in alerts.items()
    )
    books = Books(
        changes=back,
        told=covered,
        pending=pending - current.pending,
        superseded=back + current.pending - pending - covered,
    )
    worst = worst_severity(made.snapshot, policy.severity)
    told = replace(
        current,
        alerts=alerts,
        pending=pending,
        firing=sum(alert.shown_firing for alert in alerts.values()),
        place=Place(answer.channel, answer.ts),
        told_at=now,
        told_reason=made.telling.reason,
        reopened=current.reopened + made.telling.reopens,
        worst_told=worst if current.worst_told is None else min(worst, current.worst_told),
        waited=False,
        owed=current.delivery is not None and current.owed and not made.snapshot.owed,
        plain=False,
        attempts=0,
    )
    after = rest(_with_reply(told, made, policy), policy, now)
    return Step(after, books, (_delivered(made, current, after.place, covered, now),))


def _says(made: Claim, policy: Policy) -> bool:
    return made.telling.op is Op.EDIT and policy.receiver.on_change is OnChange.THREAD


def _mark_told(
    alerts: Mapping[Fingerprint, AlertState], made: Claim, *, says: bool
) -> tuple[dict[Fingerprint, AlertState], int]:
    """Every alert with what it was told as, and how many untold changes the call covered."""
    marked, covered = dict(alerts), 0
    for fingerprint, told_as in made.telling.shown.items():
        then, current = made.snapshot.alerts[fingerprint], marked.get(fingerprint)
        if current is None:
            continue
        is_news = then.pending or then.told.told_as is not told_as
        after = replace(current, told=Told(told_as, then.registers))
        marked[fingerprint] = replace(
            after,
            since=_still_untold_since(after),
            unsaid=told_as if says and is_news else current.unsaid,
        )
        covered += then.pending
    return marked, covered


def _still_untold_since(after: AlertState) -> Instant:
    """For a change during the call: its own observation, not that of the change just told."""
    if not after.pending:
        return NEVER
    seen, told = after.registers, after.told.at
    newer = [new for new, old in _observations(seen, told) if new > old]
    return earliest(*newer) or after.since


def _observations(seen: Registers, told: Registers) -> tuple[tuple[Instant, Instant], ...]:
    return (seen.seen_firing, told.seen_firing), (seen.seen_resolved, told.seen_resolved)


def _with_reply(told: Notification, made: Claim, policy: Policy) -> Notification:
    """The reply that this edit calls for: aloud for what people must notice, plain for what ended."""
    if not _says(made, policy):
        return told
    waiting = told.say or Say(Op.REPLY_PLAIN, made.telling.reason)
    news = {alert.unsaid for alert in told.alerts.values()}
    aloud = made.telling.reopens or ToldAs.FIRING in news or made.telling.reason is Reason.REPEAT
    ended = bool(news & {ToldAs.RESOLVED, ToldAs.STALE}) and policy.receiver.send_resolved
    if not aloud and not ended:
        return told if waiting.op is Op.REPLY_ALOUD else _all_said(told)
    return replace(
        told,
        say=Say(
            op=Op.REPLY_ALOUD if aloud else waiting.op,
            reason=made.telling.reason,
            reopens=waiting.reopens or made.telling.reopens,
            escalates=waiting.escalates or made.telling.escalates,
        ),
    )


def _all_said(current: Notification) -> Notification:
    alerts = {
        fp: replace(alert, unsaid=ToldAs.NOTHING) if alert.unsaid else alert for fp, alert in current.alerts.items()
    }
    return replace(current, alerts=alerts, say=None)


def _said(current: Notification, made: Claim, answer: Accepted, policy: Policy, now: Instant) -> Step:
    said = replace(_all_said(current), plain=False, attempts=0)
    if not answer.threaded:
        said = replace(said, place=None, owed=said.firing > 0)
    after = rest(said, policy, now)
    return Step(after, events=(_delivered(made, current, current.place, 0, now),))


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
        return Step(rest(_all_said(current), policy, now))
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
    lost = replace(_all_said(current), place=None, delivery=None, plain=False, worst_told=None)
    if lost.firing:
        return Step(enqueue(replace(lost, owed=True), policy, now))
    alerts = {
        fp: alert
        if alert.told.told_as is ToldAs.STALE and not alert.pending
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
        return _said(current, made, answer, policy, now)
    if isinstance(answer, Accepted) and at_rest and same and made.telling.op is Op.POST:
        return _told(current, made, answer, policy, now)
    if current.phase in {Phase.SENDING, Phase.QUEUED, Phase.PARKED}:
        return Step(replace(current, owed=True))
    if current.place is None and not current.firing and not current.pending:
        return Step(current)
    return Step(replace(current, phase=Phase.WAITING, due=now, owed=True))


def _delivered(made: Claim, current: Notification, place: Place | None, covered: int, now: Instant) -> Event:
    return Event(
        EventKind.DELIVERED,
        made.telling.reason,
        made.telling.op,
        told=covered,
        place=place,
        attempts=current.attempts + 1,
        received_at=earliest(*(alert.since for alert in made.snapshot.alerts.values() if alert.pending)),
        decided_at=made.claimed_at,
        delivered_at=now,
    )
