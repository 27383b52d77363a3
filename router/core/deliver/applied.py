"""An accepted call: what each alert was shown as, what the books record, and the reply that an edit calls for."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from router.core.decide.notification import worst_severity
from router.core.decide.policy import Policy
from router.core.decide.schedule import reschedule
from router.core.deliver.claim import Claim
from router.core.fold.fold import without_surplus
from router.core.model.alert import AlertId
from router.core.model.alert_state import AlertState, LastShown, ShownState
from router.core.model.changed import replace
from router.core.model.event import Event, EventKind, Shown
from router.core.model.group import AlertGroup, Announced, Digest, DigestRef, MessageRef, PendingReply
from router.core.model.instant import NEVER, Instant, earliest
from router.core.model.ledger import LedgerEntry
from router.core.model.muted import LeftOut
from router.core.model.operation import Op, Reason
from router.core.model.phase import Sending, Uncertain, tries_of
from router.core.model.rules.receiver import OnChange, Receiver
from router.core.model.transition import Transition
from router.core.slack.answer import Accepted

_WITHOUT_REPLY: Final = frozenset({ShownState.UNREPORTED, ShownState.MUTED, ShownState.ENDED})
"""What an edit alone shows."""


def apply_shown(current: AlertGroup, made: Claim, answer: Accepted, policy: Policy, now: Instant) -> Transition:
    """The message shows what the claim showed."""
    marked = _mark_shown(current, made, policy)
    alerts = without_surplus(marked.alerts)
    pending = sum(alert.pending for alert in marked.alerts.values())
    back = marked.pending_again
    entry = LedgerEntry(
        changes=back,
        notified=marked.covered,
        pending=pending - current.pending,
        superseded=back + current.pending - pending - marked.covered,
    )
    worst = worst_severity(made.snapshot, policy.severity)
    shown = replace(
        current,
        alerts=alerts,
        contents=sum(alert.content is not None for alert in alerts.values()),
        pending=pending,
        firing=_firing(current, marked.alerts),
        unreported=_unreported(current, marked.alerts),
        message=_message_after(current, made, answer),
        posted_to=_posted_to(current, made, policy),
        notified_at=now,
        last_reason=made.notification.reason,
        reopened=current.reopened + int(made.notification.reopens),
        flaps=made.notification.flaps,
        left_out=LeftOut.of(made.notification.held.values()),
        worst_shown=worst if current.worst_shown is None else min(worst, current.worst_shown),
        was_delayed=False,
        refresh_due=_refresh_still_due(current, made),
        refresh_at=_refresh_at(current, made),
        takes_no_edits=current.takes_no_edits and made.notification.op.is_reply and answer.threaded,
        use_plain_text=False,
        chart_due=False,
    )
    after = reschedule(_with_reply(shown, made, policy), policy, now)
    event = replace(_sent(made, current, after.posted, now), notified=marked.covered, shown=Shown.of(after))
    if after.shown_by is not None or after.digest is not None:
        event = replace(event, message=MessageRef(answer.channel, answer.ts), digest=after.digest)
    return Transition(after, entry, (event,))


def _firing(current: AlertGroup, alerts: Mapping[AlertId, AlertState]) -> int:
    """How many fire; a digest has none of its own, and counts those of its groups."""
    return current.firing if current.digest is not None else sum(alert.shown_firing for alert in alerts.values())


def _unreported(current: AlertGroup, alerts: Mapping[AlertId, AlertState]) -> int:
    """How many are neither firing nor resolved, in the same way."""
    return current.unreported if current.digest is not None else sum(alert.unreported for alert in alerts.values())


def _refresh_at(current: AlertGroup, made: Claim) -> Instant:
    """Whether an edit of this message may still come late: not of a new one, and not after its time."""
    may_come_late = made.notification.op is not Op.POST and made.claimed_at < current.refresh_at
    return current.refresh_at if may_come_late else NEVER


def _message_after(current: AlertGroup, made: Claim, answer: Accepted) -> MessageRef | DigestRef:
    """Where the group is shown: a reply in place of an edit leaves its message, if that is there, where it is."""
    if isinstance(current.message, DigestRef):
        return current.message
    if made.notification.op.is_reply and answer.threaded and current.message is not None:
        return current.message
    return MessageRef(answer.channel, answer.ts)


def _posted_to(current: AlertGroup, made: Claim, policy: Policy) -> str:
    """The receiver's channel when the message was posted: by its name, if it is configured by its name."""
    if made.notification.op is not Op.POST:
        return current.posted_to
    phase = current.phase
    return phase.lane.channel if isinstance(phase, Sending | Uncertain) else policy.receiver.channel


def apply_chart(current: AlertGroup, made: Claim, policy: Policy, now: Instant) -> Transition:
    """The message shows a chart besides what it showed before: no notification, so what follows keeps its pace."""
    shown = replace(
        current,
        last_reason=made.notification.reason,
        left_out=LeftOut.of(made.notification.held.values()),
        refresh_at=_refresh_at(current, made),
        chart_due=False,
    )
    event = replace(_sent(made, current, current.posted, now), shown=Shown.of(shown))
    return Transition(reschedule(shown, policy, now), events=(event,))


def apply_reply(current: AlertGroup, made: Claim, answer: Accepted, policy: Policy, now: Instant) -> Transition:
    """The reply was made; where its parent is gone, so is the message."""
    flaps = current.flaps if current.flaps.is_on else replace(current.flaps, count=0)
    replied = replace(clear_reply(current), use_plain_text=False, flaps=flaps)
    if not answer.threaded:
        fires = replied.firing > 0
        replied = replace(replied, message=None, refresh_due=fires, refresh_at=NEVER, takes_no_edits=False)
    after = reschedule(replied, policy, now)
    place = current.posted if answer.threaded else None
    return Transition(after, events=(_sent(made, current, place, now),))


def clear_reply(current: AlertGroup) -> AlertGroup:
    """Nothing is left to report in the thread."""
    alerts = {
        fp: replace(alert, unreplied=ShownState.NOTHING) if alert.unreplied is not ShownState.NOTHING else alert
        for fp, alert in current.alerts.items()
    }
    return replace(current, alerts=alerts, pending_reply=None)


@dataclass(frozen=True, slots=True)
class _Marked:
    """Every alert with what it was shown as.

    `covered` pending changes were shown by the call; `pending_again` alerts were given up by it and seen firing
    meanwhile.
    """

    alerts: Mapping[AlertId, AlertState]
    covered: int
    pending_again: int


def _mark_shown(current: AlertGroup, made: Claim, policy: Policy) -> _Marked:
    replies = _replies(made, policy)
    marked, covered = dict(current.alerts), 0
    for alert_id, state in made.notification.shown.items():
        then, alert = made.snapshot.alerts[alert_id], marked.get(alert_id)
        if alert is None or alert.last_shown != then.last_shown:
            continue  # it was rerouted meanwhile, away or back: what was noted then is newer than this call
        is_news = state not in _WITHOUT_REPLY and (then.pending or _is_news(then.last_shown.state, state))
        after = replace(alert, last_shown=LastShown(state, then.registers), at_call=None)
        marked[alert_id] = replace(
            after,
            pending_since=_pending_since(after),
            unreplied=state if replies and is_news else alert.unreplied,
        )
        covered += int(then.pending)
    again = [fp for fp, alert in marked.items() if _is_pending_again(alert, current.alerts[fp])]
    return _Marked(marked, covered, len(again))


def _is_news(before: ShownState, after: ShownState) -> bool:
    """Whether a reply is to report that an alert is shown otherwise; not between firing and not reported.

    Nor an end that was shown elsewhere, where it left to.
    """
    return before not in {after, ShownState.REROUTED} and not (before.is_open and after.is_open)


def _is_pending_again(alert: AlertState, before: AlertState) -> bool:
    gone = alert.last_shown.state.is_hidden or alert.last_shown.state in {ShownState.STALE, ShownState.ENDED}
    return alert.pending and gone and not before.pending


def _pending_since(after: AlertState) -> Instant:
    """For a change during the call: its own observation, not that of the change just shown."""
    if not after.pending:
        return NEVER
    seen, shown = after.registers, after.last_shown.registers
    pairs = ((seen.seen_firing, shown.seen_firing), (seen.seen_resolved, shown.seen_resolved))
    return earliest(*(new for new, old in pairs if new > old)) or after.pending_since


def _refresh_still_due(current: AlertGroup, made: Claim) -> bool:
    """Whether the message shows less than is known already: the call began before that was."""
    then = made.snapshot.alerts
    left = any(
        alert.last_shown.state is ShownState.REROUTED and fp in then and alert.last_shown != then[fp].last_shown
        for fp, alert in current.alerts.items()
    )
    asked_meanwhile = current.refresh_due and not made.snapshot.refresh_due
    return left or (current.is_called and asked_meanwhile)


def _replies(made: Claim, policy: Policy) -> bool:
    """Whether the call is one whose news go into the thread as well."""
    return made.notification.op is Op.EDIT and policy.receiver.on_change is OnChange.THREAD and not _is_hushed(made)


def _is_hushed(made: Claim) -> bool:
    """Whether the message flapped before: nobody is notified of each turn, but of a worse severity and of repeats."""
    worth_it = made.notification.escalates or made.notification.reason is Reason.REPEAT
    return made.snapshot.flaps.is_on and not worth_it


def _with_reply(shown: AlertGroup, made: Claim, policy: Policy) -> AlertGroup:
    """The reply that this edit calls for: a broadcast for what people must notice, else one in the thread alone."""
    if shown.digest is not None:
        return announce_end(shown, shown.digest, policy.receiver)
    if not _replies(made, policy):
        return shown
    reason = made.notification.reason
    waiting = shown.pending_reply or PendingReply(Op.REPLY_THREAD, reason)
    news = {alert.unreplied for alert in shown.alerts.values()}
    fires = ShownState.FIRING in news
    repeats = Reason.REPEAT in {reason, waiting.reason} and shown.firing > 0
    ended = bool(news & {ShownState.RESOLVED, ShownState.STALE}) and policy.receiver.send_resolved
    if not fires and not repeats and not ended:
        return shown if waiting.reason is Reason.QUIET else clear_reply(shown)
    reply = PendingReply(
        op=Op.REPLY_BROADCAST if fires or repeats else Op.REPLY_THREAD,
        reason=Reason.REPEAT if repeats and not fires else reason,
        reopens=fires and (waiting.reopens or made.notification.reopens),
        escalates=fires and (waiting.escalates or made.notification.escalates),
    )
    return replace(shown, pending_reply=reply)


def announce_end(shown: AlertGroup, digest: Digest, receiver: Receiver) -> AlertGroup:
    """A digest that absorbs no more, and whose message shows that all is over: that is broadcast, once."""
    is_over = digest.lane is None and not shown.is_open and shown.message is not None
    if is_over == (digest.announced is Announced.OVER):
        return shown
    if not is_over:
        return replace(shown, digest=replace(digest, announced=Announced.BEGUN))
    over = replace(shown, digest=replace(digest, announced=Announced.OVER))
    if receiver.on_change is OnChange.EDIT or not receiver.send_resolved:
        return over
    return replace(over, pending_reply=PendingReply(Op.REPLY_BROADCAST, Reason.ALL_RESOLVED))


def _sent(made: Claim, current: AlertGroup, message: MessageRef | None, now: Instant) -> Event:
    return Event(
        EventKind.SENT,
        made.notification.reason,
        made.notification.op,
        notification=made.lease.delivery_id,
        message=message,
        attempts=tries_of(current.phase).failed + 1,
        received_at=made.snapshot.oldest_pending,
        decided_at=made.claimed_at,
        delivered_at=now,
    )
