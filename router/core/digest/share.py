"""What each group adds to the counts of a digest.

A digest remembers of each group what it counted of it, its share: so a group may be read again, or twice, and the
counts are those of the groups as they are.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from router.core.decide.notification import Notification
from router.core.model.alert_state import AlertState, ShownState
from router.core.model.changed import replace
from router.core.model.group import AlertGroup, Digest, Row
from router.core.model.instant import NEVER, Instant
from router.core.model.key import GroupId
from router.core.model.rules.severity import Severity

MAX_ROWS: Final = 100
"""Names and severities that one digest tells apart; the alerts of others are counted together."""

Share = Sequence[Row]
_Rows = dict[tuple[str, str], Row]


def share_of(group: AlertGroup, notification: Notification, severity: Severity) -> Share:
    """What the group shows by this notification, by name and severity."""
    counts = Counter[tuple[str, str, ShownState]]()
    newest: dict[tuple[str, str], Instant] = {}
    for alert_id, state in notification.shown.items():
        alert = group.alerts[alert_id]
        key = (_name(group, alert), _severity(alert, severity))
        counts[*key, state] += 1
        newest[key] = max(newest.get(key, NEVER), alert.registers.began)
    return [
        Row(
            *key,
            newest=start,
            firing=counts[*key, ShownState.FIRING],
            resolved=counts[*key, ShownState.RESOLVED],
            stale=counts[*key, ShownState.STALE] + counts[*key, ShownState.ENDED],
            rerouted=counts[*key, ShownState.REROUTED],
            unreported=counts[*key, ShownState.UNREPORTED] + counts[*key, ShownState.MUTED],
        )
        for key, start in newest.items()
    ]


def _name(group: AlertGroup, alert: AlertState) -> str:
    labels = alert.content.labels if alert.content is not None else dict(group.key.group)
    return labels.get("alertname", "")


def _severity(alert: AlertState, severity: Severity) -> str:
    return severity.name(alert.content.labels.get(severity.label, "")) if alert.content is not None else ""


def count_again(
    digest: Digest, before: Mapping[GroupId, Share], after: Mapping[GroupId, Share]
) -> tuple[Digest, Mapping[GroupId, Share]]:
    """The digest with these groups counted as they are now, and the shares as they were counted.

    `before` holds what was counted of them, nothing for one that is new; one that has left has no rows any more.
    """
    rows: _Rows = {(row.name, row.severity): row for row in digest.rows}
    for group in after:
        _add(rows, before.get(group, ()), -1)
    counted = {group: _counted_as(rows, share) for group, share in after.items()}
    more = sum(bool(share) for share in counted.values()) - sum(bool(before.get(group)) for group in counted)
    left = tuple(row for row in rows.values() if row.total)
    return replace(digest, groups=digest.groups + more, rows=left), counted


def _counted_as(rows: _Rows, share: Share) -> Share:
    """The share under the names that the digest tells apart, added to its rows."""
    own: _Rows = {}
    for row in share:
        is_distinct = (row.name, row.severity) in rows or len(rows) < MAX_ROWS
        counted = row if is_distinct else row._replace(name="", severity="")
        _add(own, [counted], 1)
        _add(rows, [counted], 1)
    return list(own.values())


def _add(rows: _Rows, share: Iterable[Row], sign: int) -> None:
    for row in share:
        key = (row.name, row.severity)
        old = rows.get(key, Row(*key, newest=NEVER))
        rows[key] = Row(
            *key,
            newest=max(old.newest, row.newest),
            firing=old.firing + sign * row.firing,
            resolved=old.resolved + sign * row.resolved,
            stale=old.stale + sign * row.stale,
            rerouted=old.rerouted + sign * row.rerouted,
            unreported=old.unreported + sign * row.unreported,
        )
