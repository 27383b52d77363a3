"""Is there something to tell of a notification now; or when to look again.

`when_due` moves a notification whose time has come, `at_head` decides once more at the head of its lane, so that what
is sent is what is true then.
"""

from dataclasses import replace

from router.core.decide.notification import Telling, reply, tell
from router.core.decide.policy import Policy
from router.core.decide.reason import next_op, reason_to_tell
from router.core.decide.schedule import enqueue, rest
from router.core.model.event import Event, EventKind
from router.core.model.group import Lane, Notification, Told, ToldAs
from router.core.model.instant import NEVER, Instant
from router.core.model.ledger import Books, Suppressed
from router.core.model.transition import Step


def when_due(loaded: Notification, policy: Policy, now: Instant) -> Step:
    """Move a notification whose due time has come: into a lane if there is something to tell, else to rest."""
    tidy, books, events = _suppress_ended(_forget_closed_told(_forget_debt(loaded)), now)
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
        return reply(loaded, op, policy.receiver)
    return tell(loaded, op, reason, policy, now)


def _forget_debt(loaded: Notification) -> Notification:
    """Without a message, and with nothing to tell, none is owed: what fired is told elsewhere."""
    if loaded.place is not None or loaded.firing or loaded.pending:
        return loaded
    return replace(loaded, owed=False)


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
