"""Which alert groups the alerts of a webhook belong to, by the tenant's routing tree.

Alertmanager's rule (dispatch/route.go): a node whose matchers fail yields nothing; else its children are asked in
order until one matched that does not `continue`; a node none of whose children matched is the match itself. An alert
therefore reaches at least the root. Children that cannot match are not asked: each node has an index of them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from router.core.match.labels import Labels
from router.core.match.matcher import all_match
from router.core.match.reading import NO_PATTERNS, PatternSizes, Reading
from router.core.model.alert import Alert, AlertId
from router.core.model.changed import replace
from router.core.model.key import GroupKey
from router.core.model.observation import Observations
from router.core.model.rules.route import GroupBy, Route, Timing
from router.core.model.rules.tenant import Tenant
from router.core.route.heartbeat import group_of, is_beat, missed
from router.core.route.identity import identified


@dataclass(frozen=True, slots=True)
class Assignment:
    """The observations of one body that belong to one alert group."""

    key: GroupKey
    timing: Timing
    seen: Observations


def match(route: Route, labels: Labels, sizes: PatternSizes = NO_PATTERNS) -> tuple[Route, ...]:
    """The routes that an alert with these labels takes, depth first, left to right; `sizes` bounds what it costs."""
    return matched(route, Reading(labels, sizes))


def matched(route: Route, labels: Reading) -> tuple[Route, ...]:
    """The same for labels of which some patterns have been tried already."""
    return tuple(_taken(route, labels)) if all_match(route.matchers, labels) else ()


def _taken(route: Route, labels: Reading) -> list[Route]:
    """The routes that an alert takes below one whose matchers it fulfils, or that one itself."""
    found: list[Route] = []
    for position in route.index.fulfilled(labels):
        child = route.routes[position]
        found += _taken(child, labels)
        if not child.continue_:
            break
    return found or [route]


def assign(tenant: Tenant, seen: Observations) -> tuple[Assignment, ...]:
    """Sort the alerts of one body into groups, in the order in which they first appear.

    Sibling routes with equal matchers and the same receiver share one group; the first one's timing holds. Labels
    that the tenant ignores count as never sent.
    """
    seen = identified(seen, tenant.ignored_labels)
    seen = replace(seen, targets=_targets(tenant, seen.alerts)) if tenant.inhibit_rules else seen
    timings: dict[GroupKey, Timing] = {}
    members: dict[GroupKey, list[Alert]] = {}
    for alert in seen.alerts:
        for key, timing in _places(tenant, alert, seen.group_labels):
            timings.setdefault(key, timing)
            mine = members.setdefault(key, [])
            if not mine or mine[-1] is not alert:
                mine.append(alert)
    return tuple(Assignment(key, timings[key], seen.only(tuple(alerts))) for key, alerts in members.items())


def _targets(tenant: Tenant, alerts: Iterable[Alert]) -> frozenset[AlertId]:
    """Those that an inhibition rule may hold back."""
    rules, sizes = tenant.inhibit_rules, tenant.pattern_sizes
    return frozenset(one.alert_id for one in alerts if rules.may_inhibit(Reading(one.labels, sizes)))


def _places(tenant: Tenant, alert: Alert, sent: Labels | None) -> Iterable[tuple[GroupKey, Timing]]:
    """The groups of an alert; none of a heartbeat, and of one that is missing that of its receiver."""
    if tenant.heartbeats:
        if is_beat(tenant, alert.labels):
            return ()
        if (heartbeat := missed(tenant, alert.labels)) is not None:
            return ((group_of(heartbeat), tenant.route.timing),)
    routes = match(tenant.route, alert.labels, tenant.pattern_sizes)
    return dict.fromkeys((_key(tenant, route, alert, sent), route.timing) for route in routes)


def _key(tenant: Tenant, route: Route, alert: Alert, sent: Labels | None) -> GroupKey:
    """The group of an alert on this route; alerts that a label sends elsewhere are a group of their own."""
    group, receiver = _group(route, alert, sent), tenant.receivers.get(route.receiver)
    if receiver is not None and receiver.looks_at_labels:
        group = {**group, **receiver.addressed_by(alert.labels)}
    return GroupKey(route.receiver, route.path, tuple(sorted(group.items())))


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
