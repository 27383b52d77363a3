"""Heartbeats: alerts that must keep arriving. They belong to no group; that one is missing is an alert of our own."""

from collections.abc import Iterable
from typing import Final

from router.core.match.labels import Labels
from router.core.match.matcher import all_match
from router.core.match.reading import Reading
from router.core.model.alert import Alert, Status
from router.core.model.key import GroupKey
from router.core.model.rules.heartbeat import Heartbeat
from router.core.model.rules.tenant import Tenant

MISSING: Final = "HeartbeatMissing"
"""The name of the alert that a heartbeat is missing."""
LABEL: Final = "heartbeat"
"""The label of that alert with the name of the heartbeat."""
_PATH: Final = ("{heartbeat}",)


def is_beat(tenant: Tenant, labels: Labels) -> bool:
    """Whether an alert with these labels is a heartbeat."""
    return any(all_match(one.matchers, Reading(labels, tenant.pattern_sizes)) for one in tenant.heartbeats)


def beats(tenant: Tenant, alerts: Iterable[Alert]) -> frozenset[str]:
    """The heartbeats that arrive with these alerts, by name: those that fire."""
    firing = [alert for alert in alerts if alert.status is Status.FIRING] if tenant.heartbeats else []
    return frozenset(
        one.name
        for one in tenant.heartbeats
        if any(all_match(one.matchers, Reading(alert.labels, tenant.pattern_sizes)) for alert in firing)
    )


def missed(tenant: Tenant, labels: Labels) -> Heartbeat | None:
    """Which heartbeat of the tenant an alert reports as missing; None for any other alert."""
    if labels.get("alertname") != MISSING:
        return None
    return next((one for one in tenant.heartbeats if one.name == labels.get(LABEL)), None)


def group_of(heartbeat: Heartbeat) -> GroupKey:
    """The group that shows that it is missing."""
    return GroupKey(heartbeat.receiver, _PATH, (("alertname", MISSING), (LABEL, heartbeat.name)))
