"""What a new configuration does to a group that is shown already: which of its alerts now belong elsewhere.

As after a reload of Alertmanager (dispatch.go starts again with all alerts), each alert that fires goes through the
new tree with the grouping its sender gave it. It is folded where it now belongs first, and leaves here afterwards, so
that some message always shows it; both may be done twice. A message that shows what has left is edited a last time.
What has ended arrives as well, without being notified: an old record that comes again must not make it fire there.

Alerts beyond those whose labels are kept cannot be routed: they go when nothing that is known stays, and come up
where they belong with their sender's next body. So does what its sender does not report: no new message can say that
it fires.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from router.core.fold.fold import fold
from router.core.model.alert import Alert, AlertId, Status
from router.core.model.alert_state import AlertContent, AlertState, LastShown, ShownState
from router.core.model.changed import replace
from router.core.model.event import Event, EventKind
from router.core.model.group import AlertGroup
from router.core.model.instant import NEVER, Instant
from router.core.model.ledger import LedgerEntry, Suppressed
from router.core.model.observation import Observations
from router.core.model.rules.tenant import Tenant
from router.core.model.transition import Transition
from router.core.route.tree import Assignment, assign

_NOTHING: Final = AlertState()


@dataclass(frozen=True, slots=True)
class Rerouted:
    """Where the alerts of a group belong by another tree, and which that fire no longer belong to it."""

    arrivals: tuple[Assignment, ...]
    leaving: frozenset[AlertId]


def route_again(group: AlertGroup, tenant: Tenant) -> Rerouted:
    """Route every alert that matters through the tenant's tree once more; the group must be loaded whole."""
    belongs = {fp: _assign(tenant, fp, alert) for fp, alert in group.alerts.items()}
    here = {fp for fp, found in belongs.items() if any(one.key == group.key for one in found)}
    unknown = {fp for fp, found in belongs.items() if not found}
    away = group.alerts.keys() - here - (unknown if here else set())
    return Rerouted(
        arrivals=tuple(_arrivals(group, belongs)),
        leaving=frozenset(fp for fp in away if _matters(group, group.alerts[fp])),
    )


def leave(group: AlertGroup, leaving: frozenset[AlertId], now: Instant) -> Transition:
    """The group with these alerts marked as shown elsewhere by now, in the phase it was in."""
    alerts = {fp: _left(alert) if fp in leaving else alert for fp, alert in group.alerts.items()}
    pending = sum(group.alerts[fp].pending for fp in leaving)
    unreplied = any(alert.unreplied is not ShownState.NOTHING for alert in alerts.values())
    marked = replace(
        group,
        alerts=alerts,
        firing=group.firing - sum(group.alerts[fp].shown_firing for fp in leaving),
        unreported=group.unreported - sum(group.alerts[fp].unreported for fp in leaving),
        pending=group.pending - pending,
        refresh_due=group.refresh_due or group.message is not None,
        pending_reply=group.pending_reply if unreplied else None,
    )
    entry = LedgerEntry(pending=-pending, suppressed={Suppressed.REROUTED: pending})
    event = Event(EventKind.SUPPRESSED, Suppressed.REROUTED, "suppressed", decided_at=now)
    return Transition(marked, entry, (event,) if pending else ())


def arrive(before: AlertGroup, seen: Observations, now: Instant) -> Transition:
    """Fold an alert where it now belongs; one that had left from here is pending again.

    Nobody has accepted the alert once more, so the plain counters stay.
    """
    back = [alert for alert in seen.alerts if _comes_back(before, alert, seen.observed)]
    folded = fold(_welcome(before, back, seen.observed), seen, now)
    counted = replace(folded.entry, accepted=0, duplicates=0)
    return Transition(folded.after, LedgerEntry(changes=len(back), pending=len(back)) + counted)


def _assign(tenant: Tenant, alert_id: AlertId, alert: AlertState) -> tuple[Assignment, ...]:
    if alert.content is None:
        return ()
    registers = alert.registers
    seen = Observations(
        alerts=(_as_observed(alert_id, alert, alert.content),),
        observed=registers.seen_firing if alert.firing else registers.seen_resolved,
        sender_group=alert.sender_group,
        truncated=True,
        group_labels=alert.content.group_labels,
    )
    return assign(tenant, seen)


def _as_observed(alert_id: AlertId, alert: AlertState, content: AlertContent) -> Alert:
    return Alert(
        alert_id=alert_id,
        status=Status.FIRING if alert.firing else Status.RESOLVED,
        labels=content.labels,
        annotations=content.annotations,
        starts_at=alert.registers.start,
        ends_at=NEVER if alert.firing else alert.registers.end,
        generator_url=content.generator_url,
        links=content.links,
        values=content.values,
    )


def _arrivals(group: AlertGroup, belongs: Mapping[AlertId, tuple[Assignment, ...]]) -> Iterator[Assignment]:
    for alert_id, found in belongs.items():
        alert = group.alerts[alert_id]
        if not alert.firing or alert.shown_firing:
            yield from (one for one in found if one.key != group.key)


def _matters(group: AlertGroup, alert: AlertState) -> bool:
    """What is not over, and what nobody will see here; an end that a message here still has to show stays."""
    return alert.is_open or (alert.pending and group.message is None)


def _left(alert: AlertState) -> AlertState:
    shown = LastShown(ShownState.REROUTED, alert.registers)
    return replace(alert, last_shown=shown, pending_since=NEVER, unreplied=ShownState.NOTHING)


def _comes_back(before: AlertGroup, alert: Alert, observed: Instant) -> bool:
    old = before.alerts.get(alert.alert_id, _NOTHING)
    left = old.last_shown.state is ShownState.REROUTED and not old.pending
    merged = replace(old, registers=old.registers.observe(alert, observed))
    return left and merged.firing and not merged.pending


def _welcome(before: AlertGroup, back: Sequence[Alert], observed: Instant) -> AlertGroup:
    """The group with these alerts as if nothing had ever been shown of them."""
    alerts = dict(before.alerts)
    for alert in back:
        old = alerts[alert.alert_id]
        registers = old.registers.observe(alert, observed)
        alerts[alert.alert_id] = replace(old, registers=registers, last_shown=LastShown())
    count = len(back)
    return replace(before, alerts=alerts, firing=before.firing + count, pending=before.pending + count)
