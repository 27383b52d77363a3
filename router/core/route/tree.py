"""Which notifications an alert group becomes, by the tenant's routing tree.

Alertmanager's rule (dispatch/route.go): a node whose matchers fail yields nothing; else its children are asked in
order until one matched that does not `continue`; a node none of whose children matched is the match itself. An alert
therefore reaches at least the root.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from router.core.match.labels import Labels
from router.core.match.matcher import all_match
from router.core.model.alert import Alert, Webhook
from router.core.model.key import GroupKey
from router.core.model.tenant import GroupBy, Route, Tenant, Timing


@dataclass(frozen=True, slots=True)
class Assignment:
    """The alerts of one group that belong to one notification."""

    key: GroupKey
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


def assign(tenant: Tenant, group: Webhook) -> tuple[Assignment, ...]:
    """Sort the alerts of one body into notifications, in the order in which they first appear.

    Sibling routes with equal matchers and the same receiver share one notification; the first one's timing holds.
    """
    timings: dict[GroupKey, Timing] = {}
    members: dict[GroupKey, list[Alert]] = {}
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


def _key(route: Route, alert: Alert, sent: Labels | None) -> GroupKey:
    return GroupKey(route.receiver, route.path, tuple(sorted(_group(route, alert, sent).items())))


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
