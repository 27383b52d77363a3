"""What is stored of an alert group without people whose data was erased, and the edit that shows it so."""

from router.core.decide.schedule import after_leaving
from router.core.model.alert_state import AlertState
from router.core.model.changed import replace
from router.core.model.group import AlertGroup, Digest
from router.core.model.instant import Instant
from router.core.model.rules.appearance import Erased
from router.core.model.transition import Transition
from router.core.route.erased import content_without

_ROUTED_BY_NONE = 0
"""A version that is older than any: the group is routed again, by what is left of its labels."""


def erase(group: AlertGroup, erased: Erased, now: Instant) -> Transition:
    """The group, loaded whole, with marks, due at once for an edit that shows them; as it was where it names nobody.

    What it is known by stays: its alerts leave it for the group that has the marks, when it is looked at.
    """
    alerts = {one: _without(alert, erased) for one, alert in group.alerts.items()}
    digest = None if group.digest is None else _digest(group.digest, erased)
    is_same = all(alert is group.alerts[one] for one, alert in alerts.items()) and digest == group.digest
    is_to_be_left = group.is_open and group.config_version and is_known_by(group, erased)
    if is_same and not is_to_be_left:
        return Transition(group)
    marked = replace(
        group,
        alerts=alerts,
        digest=digest,
        refresh_due=group.refresh_due or group.message is not None,
        config_version=_ROUTED_BY_NONE,
    )
    return Transition(after_leaving(marked, now))


def is_known_by(group: AlertGroup, erased: Erased) -> bool:
    """Whether what the group is known by names any of them."""
    return bool(erased.in_labels(dict(group.key.group)))


def _without(alert: AlertState, erased: Erased) -> AlertState:
    if alert.content is None:
        return alert
    content = content_without(alert.content, erased)
    return alert if content is alert.content else replace(alert, content=content)


def _digest(digest: Digest, erased: Erased) -> Digest:
    """A digest names the labels of the groups in which critical alerts fire."""
    criticals = tuple((group, _pairs(labels, erased)) for group, labels in digest.criticals)
    return digest if criticals == digest.criticals else replace(digest, criticals=criticals)


def _pairs(labels: tuple[str, ...], erased: Erased) -> tuple[str, ...]:
    """Names and values in turn, with marks."""
    named = dict(zip(labels[::2], labels[1::2], strict=True))
    marks = erased.in_labels(named)
    return tuple(part for name, value in named.items() for part in (name, marks.get(value.strip(), value)))
