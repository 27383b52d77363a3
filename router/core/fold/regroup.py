"""One alert in several groups of a receiver: its sender groups it by other labels now, or sends it twice.

After a change of the sender's `group_by` an alert comes in a new group, and no body of the old one ever says that it
left. It leaves there when it comes new in a group of the same receiver and route, from the same route of the sender
and grouped by other label names. Where two routes of the sender send it (`continue: true`), both groups keep it. What
ends in one of them has ended in all.
"""

from collections.abc import Mapping
from dataclasses import replace

from router.core.model.alert import AlertId, Status
from router.core.model.alert_state import AlertState, ShownState
from router.core.model.group import AlertGroup
from router.core.model.instant import Instant
from router.core.model.key import GroupKey
from router.core.model.observation import Observations
from router.core.model.transition import Transition


def regrouped(other: AlertGroup, own: AlertGroup, seen: Observations) -> frozenset[AlertId]:
    """Those of the alerts about to be folded into `own` that leave the group `other` for it."""
    if not _differ_in_names_alone(other.key, own.key):
        return frozenset()
    known = _firing_in(other, seen, Status.FIRING)
    return frozenset(one for one, old in known.items() if _is_new(one, own) and _has_left(other, old, seen))


def expect(own: AlertGroup, coming: Mapping[AlertId, Instant]) -> Transition:
    """The group with a note of alerts that are about to leave others for it, each by a body observed at that time.

    The body makes them known here (`fold/admit.py`), whatever dies after they have left and before they are folded.
    """
    noted = {one: replace(own.alerts.get(one, AlertState()), pending_since=at) for one, at in coming.items()}
    return Transition(replace(own, alerts={**own.alerts, **noted}))


def ended_elsewhere(other: AlertGroup, seen: Observations) -> Observations | None:
    """What ends in the group `other` because a body of another group says so; None for nothing.

    It is not a body of that group, so it says nothing about the alerts that are not in it.
    """
    ended = _firing_in(other, seen, Status.RESOLVED)
    if not ended:
        return None
    alerts = [alert for alert in seen.alerts if alert.alert_id in ended and alert.status is Status.RESOLVED]
    group = dict(other.key.group)
    return Observations(tuple(alerts), seen.observed, truncated=True, group_labels=group)


def _differ_in_names_alone(one: GroupKey, other: GroupKey) -> bool:
    names, others = dict(one.group).keys(), dict(other.group).keys()
    return (one.receiver, one.path) == (other.receiver, other.path) and names != others


def _firing_in(group: AlertGroup, seen: Observations, status: Status) -> Mapping[AlertId, AlertState]:
    """Those of the observed alerts, in that state now, that are not over for the group."""
    found = {alert.alert_id: group.alerts.get(alert.alert_id) for alert in seen.alerts if alert.status is status}
    return {alert_id: old for alert_id, old in found.items() if old is not None and old.is_open}


def _is_new(alert_id: AlertId, own: AlertGroup) -> bool:
    """Of a pair of senders one may be reloaded later: what left for the other's group is then shown in both."""
    known = own.alerts.get(alert_id)
    return known is None or not (known.is_open or known.last_shown.state is ShownState.REROUTED)


def _has_left(other: AlertGroup, old: AlertState, seen: Observations) -> bool:
    sender = other.senders.get(old.sender_group)
    same_route = sender is not None and sender.route == seen.sender_route != ""
    return same_route and old.registers.last_seen <= seen.observed
