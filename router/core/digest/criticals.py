"""The groups of a digest that it names, since critical alerts fire in them."""

from collections.abc import Iterable
from typing import Final

from router.core.decide.notification import Notification
from router.core.model.alert_state import ShownState
from router.core.model.changed import replace
from router.core.model.group import AlertGroup, Digest
from router.core.model.key import GroupId
from router.core.model.rules.severity import Severity

MAX_CRITICALS: Final = 30
"""Groups with critical alerts that one digest names; of more, the alerts are counted."""
_MAX_LABELS: Final = 6


def name_criticals(
    digest: Digest, shown: Iterable[tuple[AlertGroup, Notification]], gone: Iterable[GroupId], severity: Severity
) -> Digest:
    """The digest with those named in which critical alerts fire, by their labels: the newest first."""
    named, fresh = dict(digest.criticals), dict[GroupId, tuple[str, ...]]()
    for group_id in gone:
        named.pop(group_id, None)
    for group, notification in shown:
        named.pop(group.key.group_id, None)
        if _fires_critically(group, notification, severity):
            fresh[group.key.group_id] = _labels(group)
    return replace(digest, criticals=tuple([*fresh.items(), *named.items()][:MAX_CRITICALS]))


def _fires_critically(group: AlertGroup, notification: Notification, severity: Severity) -> bool:
    firing = (group.alerts[one] for one, state in notification.shown.items() if state is ShownState.FIRING)
    return any(alert.content is not None and severity.rank(alert.content.labels) == 0 for alert in firing)


def _labels(group: AlertGroup) -> tuple[str, ...]:
    """What it is grouped by, name and value in turn, behind the name of its alerts."""
    pairs = [pair for pair in group.key.group if pair[0] != "alertname"][:_MAX_LABELS]
    return ("alertname", group.alert_name, *(part for pair in pairs for part in pair))
