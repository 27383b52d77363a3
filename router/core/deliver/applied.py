"""An accepted call: what was told of each alert, what the books say, and the reply that an edit calls for."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from router.core.decide.notification import Telling, worst_severity
from router.core.decide.policy import Policy
from router.core.decide.schedule import rest
from router.core.model.alert import Fingerprint
from router.core.model.event import Event, EventKind
from router.core.model.group import (
    AlertState,
    Delivery,
    Notification,
    Op,
    Place,
    Reason,
    Registers,
    Say,
    Told,
    ToldAs,
)
from router.core.model.instant import NEVER, Instant, earliest
from router.core.model.ledger import Books
from router.core.model.tenant import OnChange
from router.core.model.transition import Step
from router.core.slack.outcome import Accepted


@dataclass(frozen=True, slots=True)
class Claim:
    """A call about to be made: what it tells, and the notification as it was decided."""

    telling: Telling
    delivery: Delivery
    snapshot: Notification
    claimed_at: Instant


def told(current: Notification, made: Claim, answer: Accepted, policy: Policy, now: Instant) -> Step:
    """The message shows what the claim showed."""
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
        owed=_still_owed(current, made),
        plain=False,
        attempts=0,
    )
    after = rest(_with_reply(told, made, policy), policy, now)
    return Step(after, books, (_delivered(made, current, after.place, covered, now),))


def _still_owed(current: Notification, made: Claim) -> bool:
    """Whether the message shows less than is known already: the call began before that was."""
    then = made.snapshot.alerts
    left = any(
        alert.told.told_as is ToldAs.MOVED and fp in then and alert.told != then[fp].told
        for fp, alert in current.alerts.items()
    )
    return left or (current.delivery is not None and current.owed and not made.snapshot.owed)


def _says(made: Claim, policy: Policy) -> bool:
    return made.telling.op is Op.EDIT and policy.receiver.on_change is OnChange.THREAD


def _mark_told(
    alerts: Mapping[Fingerprint, AlertState], made: Claim, *, says: bool
) -> tuple[dict[Fingerprint, AlertState], int]:
    """Every alert with what it was told as, and how many untold changes the call covered."""
    marked, covered = dict(alerts), 0
    for fingerprint, told_as in made.telling.shown.items():
        then, current = made.snapshot.alerts[fingerprint], marked.get(fingerprint)
        if current is None or current.told != then.told:
            continue  # it was moved meanwhile, away or back: what was noted then is newer than this call
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
    fires = ToldAs.FIRING in news
    repeats = Reason.REPEAT in {made.telling.reason, waiting.reason} and told.firing > 0
    ended = bool(news & {ToldAs.RESOLVED, ToldAs.STALE}) and policy.receiver.send_resolved
    if not fires and not repeats and not ended:
        return all_said(told)
    return replace(
        told,
        say=Say(
            op=Op.REPLY_ALOUD if fires or repeats else Op.REPLY_PLAIN,
            reason=Reason.REPEAT if repeats and not fires else made.telling.reason,
            reopens=fires and (waiting.reopens or made.telling.reopens),
            escalates=fires and (waiting.escalates or made.telling.escalates),
        ),
    )


def said(current: Notification, made: Claim, answer: Accepted, policy: Policy, now: Instant) -> Step:
    """The reply was made; where its parent is gone, so is the message."""
    said = replace(all_said(current), plain=False, attempts=0)
    if not answer.threaded:
        said = replace(said, place=None, owed=said.firing > 0)
    after = rest(said, policy, now)
    return Step(after, events=(_delivered(made, current, current.place, 0, now),))


def all_said(current: Notification) -> Notification:
    """Nothing is left to say in the thread."""
    alerts = {
        fp: replace(alert, unsaid=ToldAs.NOTHING) if alert.unsaid else alert for fp, alert in current.alerts.items()
    }
    return replace(current, alerts=alerts, say=None)


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
