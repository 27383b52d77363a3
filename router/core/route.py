"""Which notifications an alert group becomes, by the tenant's routing tree.

Alertmanager's rule (dispatch/route.go): a node whose matchers fail yields nothing; else its children are asked in
order until one matched that does not `continue`; a node none of whose children matched is the match itself. An alert
therefore reaches at least the root.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NewType

from router.core.alert import Alert, AlertGroup, Labels
from router.core.matcher import all_match
from router.core.tenant import GroupBy, Path, ReceiverName, Route, Tenant, Timing

NotificationId = NewType("NotificationId", str)
"""128 bits, as hex, over receiver, path and group; unique within a tenant."""


@dataclass(frozen=True, slots=True)
class NotificationKey:
    """What a notification is: these alerts, at this receiver, by this route."""

    receiver: ReceiverName
    path: Path
    group: tuple[tuple[str, str], ...]

    @property
    def notification_id(self) -> NotificationId:
        """A digest of the parts, each with its length in front, so that no two keys read the same."""
        flat = [
            self.receiver,
            str(len(self.path)),
            *self.path,
            *(part for pair in self.group for part in pair),
        ]
        digest = hashlib.sha256()
        for part in flat:
            encoded = part.encode()
            digest.update(len(encoded).to_bytes(4) + encoded)
        return NotificationId(digest.hexdigest()[:32])


@dataclass(frozen=True, slots=True)
class Assignment:
    """The alerts of one group that belong to one notification."""

    key: NotificationKey
    timing: Timing
    alerts: tuple[Alert, ...]


def match(route: Route, labels: Labels) -> tuple[Route, ...]:
    """The routes that an alert with these labels takes, depth first, left to right."""
    if not all_match(route.matchers, labels):
        return ()
    found: tuple[Route, ...] = ()
    for child in route.routes:
        matched = match(child, labels)
        found += matched
        if matched and not child.goes_on:
            break
    return found or (route,)


def assign(tenant: Tenant, group: AlertGroup) -> tuple[Assignment, ...]:
    """Sort the alerts of one body into notifications, in the order in which they first appear.

    Sibling routes with equal matchers and the same receiver share one notification; the first one's timing holds.
    """
    timings: dict[NotificationKey, Timing] = {}
    members: dict[NotificationKey, list[Alert]] = {}
    for alert in group.alerts:
        keys = dict.fromkeys(
            (_key(route, alert, group.group_labels), route.timing) for route in match(tenant.route, alert.labels)
        )
        for key, timing in keys:
            timings.setdefault(key, timing)
            mine = members.setdefault(key, [])
            if not mine or mine[-1] is not alert:
                mine.append(alert)
    return tuple(Assignment(key, timings[key], tuple(alerts)) for key, alerts in members.items())


def _key(route: Route, alert: Alert, sent: Labels | None) -> NotificationKey:
    return NotificationKey(route.receiver, route.path, tuple(sorted(_group(route, alert, sent).items())))


def _group(route: Route, alert: Alert, sent: Labels | None) -> Mapping[str, str]:
    match route.group_by:
        case GroupBy.AS_SENT if sent is not None:
            return sent
        case GroupBy.AS_SENT:
            names: tuple[str, ...] = ("alertname",)
        case GroupBy.ALL_LABELS:
            return alert.labels
        case names:
            pass
    return {name: alert.labels[name] for name in names if name in alert.labels}
