"""Merge observations into the stored notification; what brings nothing new is a duplicate.

The registers are maxima and the content is the newest, so the order and number of records do not matter. The books
count a change when an alert turns, or when a turn is learned of late; a change on top of an untold one supersedes it.
Only the alerts of the body need be loaded: counts over all of them stand in the notification.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from router.core.fold.missing import armed, missing_due
from router.core.match.labels import Labels
from router.core.model.alert import Alert, Fingerprint, Status
from router.core.model.group import AlertState, Content, Notification, Phase, Rank, Sender, ToldAs
from router.core.model.instant import NEVER, Instant, earliest
from router.core.model.ledger import Books
from router.core.model.tenant import Severity, Timing
from router.core.model.transition import Step

MAX_CONTENTS: Final = 500
"""Alerts of one notification whose labels and annotations are kept; of more, only the registers are."""

MAX_SENDERS: Final = 100
"""Sender groups of one notification that are watched for what they leave out."""


@dataclass(frozen=True, slots=True)
class Observations:
    """The alerts of one record that belong to one notification."""

    alerts: Sequence[Alert]
    observed: Instant
    sender_group: str = ""
    truncated: bool = False
    group_labels: Labels | None = None


def fold(before: Notification, seen: Observations, timing: Timing, severity: Severity, now: Instant) -> Step:
    """The notification with these observations merged in, and standing where it now should."""
    alerts = dict(before.alerts)
    firing, pending, contents = before.firing, before.pending, before.contents
    changes = 0
    for alert in seen.alerts:
        old = alerts.get(alert.fingerprint, AlertState())
        new = observe(old, alert, seen, may_keep=contents < MAX_CONTENTS)
        alerts[alert.fingerprint] = new
        rose = new.pending - old.pending
        changes += old.shown_firing != new.shown_firing or rose > 0
        pending += rose
        firing += new.shown_firing - old.shown_firing
        contents += (new.content is not None) - (old.content is not None)
    after = replace(before, alerts=alerts, firing=firing, pending=pending, contents=contents)
    rise = pending - before.pending
    books = Books(
        changes=changes,
        pending=rise,
        superseded=changes - rise,
        accepted=len(seen.alerts),
        duplicates=len(seen.alerts) - changes,
    )
    return Step(_stand(_note_sender(after, seen, now), before, seen, timing, severity, now), books)


def observe(old: AlertState, alert: Alert, seen: Observations, *, may_keep: bool) -> AlertState:
    """One alert with one more observation."""
    registers = old.registers.observe(alert, seen.observed)
    new = replace(
        old,
        registers=registers,
        content=_newest_content(old, alert, seen, may_keep=may_keep),
        sender_group=_newest_sender(old, seen),
    )
    return replace(new, since=_first_untold(old, alert, seen.observed))


def _newest_content(old: AlertState, alert: Alert, seen: Observations, *, may_keep: bool) -> Content | None:
    new = Content(alert.labels, alert.annotations, alert.generator_url, seen.observed, seen.group_labels, alert.links)
    if old.content is None:
        return new if may_keep else None
    return max(old.content, new, key=_content_order)


def _content_order(content: Content) -> tuple[object, ...]:
    labels, annotations = sorted(content.labels.items()), sorted(content.annotations.items())
    group, links = sorted((content.group_labels or {}).items()), sorted(content.links.items())
    return content.seen, labels, annotations, content.generator_url, content.group_labels is not None, group, links


def _newest_sender(old: AlertState, seen: Observations) -> str:
    last = max(old.registers.seen_firing, old.registers.seen_resolved)
    return max((last, old.sender_group), (seen.observed, seen.sender_group))[1]


def _first_untold(old: AlertState, alert: Alert, observed: Instant) -> Instant:
    """Only an observation that is news by itself counts, so that order and repetition do not matter."""
    alone = replace(old, registers=old.told.at.observe(alert, observed))
    return earliest(old.since, observed) if alone.pending else old.since


def _note_sender(after: Notification, seen: Observations, now: Instant) -> Notification:
    """Remember the newest full body of the sender group, and when to look for what it no longer holds."""
    if not seen.sender_group or seen.truncated:
        return after
    known = after.senders.get(seen.sender_group, Sender(NEVER))
    if seen.observed < known.newest:
        return after
    firing_here = {alert.fingerprint for alert in seen.alerts if alert.status is Status.FIRING}
    sender = Sender(seen.observed, known.lacking_since, known.look_at)
    if after.firing <= len(firing_here):
        sender = Sender(seen.observed)
    elif known.look_at == NEVER:
        sender = armed(seen.observed, now)
    return replace(after, senders=_newest({**after.senders, seen.sender_group: sender}))


def _newest(senders: Mapping[str, Sender]) -> Mapping[str, Sender]:
    """The senders' groups that were heard last; of more than enough the oldest are no longer watched."""
    if len(senders) <= MAX_SENDERS:
        return senders
    order = sorted(senders.items(), key=lambda item: item[1].newest, reverse=True)
    return dict(order[:MAX_SENDERS])


def _stand(
    after: Notification,
    before: Notification,
    seen: Observations,
    timing: Timing,
    severity: Severity,
    now: Instant,
) -> Notification:
    if after.phase is Phase.QUEUED:
        return _hurry(after, seen, severity)
    if after.phase is not Phase.IDLE:
        return after
    if after.pending:
        return _wait(forget_old_message(after, timing, now) if before.closed else after, timing, now)
    return replace(after, due=earliest(after.due, _missing_due(after, timing), _repeat_due(after, timing, now)))


def _hurry(after: Notification, seen: Observations, severity: Severity) -> Notification:
    critical = any(
        after.alerts[alert.fingerprint].pending and alert.status is Status.FIRING and severity.rank(alert.labels) == 0
        for alert in seen.alerts
    )
    urgent = after.pending and (critical or after.firing == 0)
    return replace(after, rank=Rank.URGENT) if urgent else after


def forget_old_message(after: Notification, timing: Timing, now: Instant) -> Notification:
    """A closed message is reopened only for a while; later the group gets a new one."""
    if not after.firing or now - after.told_at <= timing.reopen_within:
        return after
    return replace(after, place=None, told_at=NEVER, reopened=0, worst_told=None)


def _wait(after: Notification, timing: Timing, now: Instant) -> Notification:
    if after.told_at == NEVER:
        return replace(after, phase=Phase.WAITING, due=Instant(now + timing.group_wait))
    return replace(after, phase=Phase.WAITING, due=Instant(max(now, after.told_at + timing.group_interval)))


def _missing_due(after: Notification, timing: Timing) -> Instant:
    """When to look for what is missing; not before the next telling is allowed."""
    look_at = missing_due(after)
    return Instant(max(look_at, after.told_at + timing.group_interval)) if look_at != NEVER else NEVER


def _repeat_due(after: Notification, timing: Timing, now: Instant) -> Instant:
    """When a repeat may be told, if something was seen firing since the last telling."""
    seen_again = any(
        alert.told.told_as is ToldAs.FIRING and alert.registers.seen_firing > alert.told.at.seen_firing
        for alert in after.alerts.values()
    )
    return Instant(max(now, after.told_at + timing.repeat_interval)) if seen_again else NEVER


def fingerprints(seen: Sequence[Observations]) -> tuple[Fingerprint, ...]:
    """The alerts that must be loaded before these observations can be folded."""
    return tuple(dict.fromkeys(alert.fingerprint for one in seen for alert in one.alerts))
