"""What tells alerts apart where a tenant ignores labels, such as those that name one of several equal Prometheus.

Such a label counts as never sent: nothing is routed, grouped or known by it. Alerts that differ in nothing else are
one alert, which fires in a body if any of them does.
"""

from collections.abc import Collection
from dataclasses import replace

from router.core.match.labels import Labels
from router.core.model.alert import Alert, AlertId, Fingerprint, Status, fingerprint, identify
from router.core.model.observation import Observations


def identified(seen: Observations, ignored: frozenset[str]) -> Observations:
    """The observations as if the ignored labels had not been sent; the same ones where there are none."""
    if all(ignored.isdisjoint(alert.labels) for alert in seen.alerts):
        return seen
    known: dict[AlertId, Alert] = {}
    for alert in seen.alerts:
        one = _identified(alert, ignored)
        known[one.alert_id] = max(known.get(one.alert_id, one), one, key=truest)
    grouped = None if seen.group_labels is None else without(seen.group_labels, ignored)
    return replace(seen, alerts=tuple(known.values()), group_labels=grouped)


def alert_id_of(given: Fingerprint, labels: Labels, ignored: frozenset[str]) -> AlertId:
    """By what an alert with this fingerprint and these labels is known."""
    left = without(labels, ignored)
    if not left or len(left) == len(labels):
        return identify(given, labels)
    return identify(fingerprint(left), left)


def without(labels: Labels, ignored: Collection[str]) -> Labels:
    """The labels but for those that are ignored."""
    return {name: value for name, value in labels.items() if name not in ignored}


def _identified(alert: Alert, ignored: frozenset[str]) -> Alert:
    """An alert that has no other labels keeps them, since it would be like all others of its kind."""
    left = without(alert.labels, ignored)
    if not left or len(left) == len(alert.labels):
        return alert
    return replace(alert, alert_id=identify(fingerprint(left), left), labels=left)


def truest(alert: Alert) -> tuple[bool, int]:
    """What fires before what has ended, then the latest start or end; of equal ones the first."""
    fires = alert.status is Status.FIRING
    return fires, alert.starts_at if fires else alert.ends_at
