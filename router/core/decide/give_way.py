"""When edits run short: a message that was edited a moment ago gives way, so its `group_interval` stretches.

Such an edit leaves half of what the workspace may edit at once to others, and to what is urgent. Where that half is
used up it waits, out of its lane, for up to four intervals, and folds meanwhile.
An edit for a chart alone is not made.
"""

from typing import Final

from router.core.decide.notification import Notification
from router.core.decide.policy import Policy
from router.core.model.changed import replace
from router.core.model.group import AlertGroup
from router.core.model.instant import MINUTE, NEVER, Instant
from router.core.model.operation import Op, Reason
from router.core.model.phase import Queued, Rank, Waiting, tries_of
from router.core.model.transition import Transition

STRETCH: Final = 4
"""So many times its interval a group may have to wait for its next edit."""
LONGEST: Final = 2 * MINUTE
"""And no longer than this beyond its interval."""
_PATIENT: Final = frozenset(
    {
        Reason.NEW_ALERTS,
        Reason.SOME_RESOLVED,
        Reason.STALE,
        Reason.UNREPORTED,
        Reason.MUTED_UPSTREAM,
        Reason.ENDED_UPSTREAM,
        Reason.REPORTED_AGAIN,
        Reason.REPEAT,
    }
)


def gives_way_until(group: AlertGroup, notification: Notification, policy: Policy, now: Instant) -> Instant:
    """Until when this edit leaves the last half of the budget to others; NEVER for what gives way to nobody."""
    if group.is_for_a_chart_alone and notification.reason is Reason.REFRESH:
        return Instant(now + policy.timing.group_interval)
    patient = notification.op is Op.EDIT and notification.reason in _PATIENT and not notification.escalates
    if not patient or notification.reopens or group.notified_at == NEVER or _is_urgent(group):
        return NEVER
    interval = policy.timing.group_interval
    return Instant(group.notified_at + min(STRETCH * interval, interval + LONGEST))


def give_way(group: AlertGroup, until: Instant, now: Instant) -> Transition:
    """Out of the lane until then, as old as it was; what stands behind it comes next.

    It waits for others, not for an edit of its own that failed before: what is urgent may cut that short.
    """
    if group.is_for_a_chart_alone:
        return Transition(replace(group, phase=Waiting(now), chart_due=False), lane_at=now)
    tries = replace(tries_of(group.phase), failed=0)
    return Transition(replace(group, phase=Waiting(until, tries)), lane_at=now)


def _is_urgent(group: AlertGroup) -> bool:
    return isinstance(group.phase, Queued) and group.phase.rank is Rank.URGENT
