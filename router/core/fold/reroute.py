"""What a new configuration does to a notification that is told already: which of its alerts now belong elsewhere.

As after a reload of Alertmanager (dispatch.go starts anew with all alerts), each alert that fires goes through the
new tree with the grouping its sender gave it. It is folded where it now belongs first, and leaves here afterwards, so
that it is always told somewhere; both may be done twice. A message that shows what has left is edited a last time.
What has ended arrives as well, told to nobody: an old record that comes once more must not make it fire there.

Alerts beyond those whose labels are kept cannot be routed: they go when nothing that is known stays, and come up
where they belong with their sender's next body.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from router.core.fold.fold import Observations, fold, forget_old_message
from router.core.model.alert import Alert, Fingerprint, Status, Webhook
from router.core.model.event import Event, EventKind
from router.core.model.group import AlertState, Content, Notification, Phase, Told, ToldAs
from router.core.model.instant import NEVER, Instant
from router.core.model.key import GroupKey
from router.core.model.ledger import Books, Suppressed
from router.core.model.tenant import Severity, Tenant, Timing
from router.core.model.transition import Step
from router.core.route.tree import Assignment, assign

_NOTHING: Final = AlertState()


@dataclass(frozen=True, slots=True)
class Arrival:
    """One alert at a notification where it now belongs, firing or ended."""

    key: GroupKey
    timing: Timing
    seen: Observations


@dataclass(frozen=True, slots=True)
class Rerouted:
    """Where the alerts of a notification belong by another tree, and which that fire no longer belong to it."""

    arrivals: tuple[Arrival, ...]
    leaving: frozenset[Fingerprint]


def route_again(loaded: Notification, tenant: Tenant) -> Rerouted:
    """Route every alert that matters through the tenant's tree once more; the notification must be whole."""
    belongs = {fp: _assign(tenant, fp, alert) for fp, alert in loaded.alerts.items()}
    here = {fp for fp, found in belongs.items() if any(one.key == loaded.key for one in found)}
    unknown = {fp for fp, found in belongs.items() if not found}
    away = loaded.alerts.keys() - here - (unknown if here else set())
    return Rerouted(
        arrivals=tuple(_arrivals(loaded, belongs)),
        leaving=frozenset(fp for fp in away if _matters(loaded, loaded.alerts[fp])),
    )


def leave(loaded: Notification, leaving: frozenset[Fingerprint], now: Instant) -> Step:
    """The notification without what is told elsewhere by now, due at once for the edit that says so.

    While a call is in flight the marks are all: settling it finds them.
    """
    alerts = {fp: _left(alert) if fp in leaving else alert for fp, alert in loaded.alerts.items()}
    untold = sum(loaded.alerts[fp].pending for fp in leaving)
    unsaid = any(alert.unsaid is not ToldAs.NOTHING for alert in alerts.values())
    marked = replace(
        loaded,
        alerts=alerts,
        firing=loaded.firing - sum(loaded.alerts[fp].shown_firing for fp in leaving),
        pending=loaded.pending - untold,
        owed=loaded.owed or loaded.place is not None,
        say=loaded.say if unsaid else None,
    )
    books = Books(pending=-untold, suppressed={Suppressed.MOVED: untold})
    event = Event(EventKind.SUPPRESSED, Suppressed.MOVED, "suppressed", decided_at=now)
    return Step(_due_now(marked, now), books, (event,) if untold else ())


def arrive(before: Notification, seen: Observations, timing: Timing, severity: Severity, now: Instant) -> Step:
    """Fold an alert where it now belongs; one that had left from here is untold again.

    Nobody has accepted the alert anew, so the plain counters stay.
    """
    back = [alert for alert in seen.alerts if _comes_back(before, alert, seen.observed)]
    welcomed = _welcome(before, back, seen, timing, now) if back else before
    folded = fold(welcomed, seen, timing, severity, now)
    books = Books(changes=len(back), pending=len(back)) + replace(folded.books, accepted=0, duplicates=0)
    return Step(folded.after, books)


def _assign(tenant: Tenant, fingerprint: Fingerprint, alert: AlertState) -> tuple[Assignment, ...]:
    if alert.content is None:
        return ()
    one = _as_observed(fingerprint, alert, alert.content)
    return assign(tenant, Webhook((one,), (), alert.content.group_labels, alert.sender_group, truncated=True))


def _as_observed(fingerprint: Fingerprint, alert: AlertState, content: Content) -> Alert:
    return Alert(
        fingerprint=fingerprint,
        status=Status.FIRING if alert.firing else Status.RESOLVED,
        labels=content.labels,
        annotations=content.annotations,
        starts_at=alert.registers.start,
        ends_at=NEVER if alert.firing else alert.registers.end,
        generator_url=content.generator_url,
        links=content.links,
    )


def _arrivals(loaded: Notification, belongs: dict[Fingerprint, tuple[Assignment, ...]]) -> Iterator[Arrival]:
    for fingerprint, found in belongs.items():
        alert = loaded.alerts[fingerprint]
        if alert.content is None or (alert.firing and not alert.shown_firing):
            continue
        group, registers = alert.content.group_labels, alert.registers
        observed = registers.seen_firing if alert.firing else registers.seen_resolved
        for one in found:
            if one.key != loaded.key:
                seen = Observations(one.alerts, observed, alert.sender_group, truncated=True, group_labels=group)
                yield Arrival(one.key, one.timing, seen)


def _matters(loaded: Notification, alert: AlertState) -> bool:
    """What fires, and what nobody will see here; an end that a message here still has to show stays."""
    return alert.shown_firing or (alert.pending and loaded.place is None)


def _left(alert: AlertState) -> AlertState:
    return replace(alert, told=Told(ToldAs.MOVED, alert.registers), since=NEVER, unsaid=ToldAs.NOTHING)


def _due_now(marked: Notification, now: Instant) -> Notification:
    if marked.phase is Phase.SENDING or (marked.place is None and marked.pending):
        return marked
    return replace(marked, phase=Phase.WAITING, due=now, lane=None, queued_since=NEVER, parked="", attempts=0)


def _comes_back(before: Notification, alert: Alert, observed: Instant) -> bool:
    old = before.alerts.get(alert.fingerprint, _NOTHING)
    left = old.told.told_as is ToldAs.MOVED and not old.pending
    merged = replace(old, registers=old.registers.observe(alert, observed))
    return left and merged.firing and not merged.pending


def _welcome(
    before: Notification, back: list[Alert], seen: Observations, timing: Timing, now: Instant
) -> Notification:
    """The notification with these alerts as if nothing had ever been told of them."""
    alerts = dict(before.alerts)
    for alert in back:
        old = alerts[alert.fingerprint]
        alerts[alert.fingerprint] = replace(old, registers=old.registers.observe(alert, seen.observed), told=Told())
    count = len(back)
    opened = replace(before, alerts=alerts, firing=before.firing + count, pending=before.pending + count)
    return forget_old_message(opened, timing, now) if before.closed else opened
