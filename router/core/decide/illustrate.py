"""An edit for a chart alone: where the message of a group that rests lacks one, and nothing else is to be shown.

It is never a post or a reply, and moves no other notification: what is folded before it is made comes at its own
pace and brings the chart along. Where it cannot be made at once it is not made at all.
"""

from typing import Final

from router.core.decide.held import muted_now
from router.core.decide.policy import Policy
from router.core.model.changed import replace
from router.core.model.group import AlertGroup
from router.core.model.instant import Instant
from router.core.model.operation import Reason
from router.core.model.phase import Idle, Waiting
from router.core.model.transition import Transition

_ENDS: Final = frozenset({Reason.ALL_RESOLVED, Reason.SOME_RESOLVED, Reason.STALE, Reason.ENDED_UPSTREAM})
"""By which a message shows last that nothing of it goes on; what is shown elsewhere goes on there, chart and all."""


def illustrate(group: AlertGroup, policy: Policy, now: Instant) -> Transition:
    """The group, loaded whole, with an edit for a chart to make; as it is where none is to be made.

    The end of a group may be shown with its whole episode, once and at once.
    """
    if not _may_be_edited(group, policy) or not _is_worth_it(group, policy, now):
        return Transition(group)
    return Transition(replace(group, chart_due=True, phase=Waiting(now)))


def _may_be_edited(group: AlertGroup, policy: Policy) -> bool:
    """Whether its own message is there, takes edits and extras, and nobody is about to edit it anyway."""
    rests = isinstance(group.phase, Idle) and not group.pending and not group.refresh_due
    simple = group.takes_no_edits or group.without_extras or group.use_plain_text
    there = group.posted is not None and group.digest is None and not policy.receiver.sends_nothing
    return rests and there and not simple and group.pending_reply is None


def _is_worth_it(group: AlertGroup, policy: Policy, now: Instant) -> bool:
    """Whether something may fire that nothing mutes, or all has just ended; and no edit for this came before."""
    if group.last_reason is Reason.REFRESH:
        return False
    if not group.is_open:
        is_known = any(alert.in_message for alert in group.alerts.values())  # what ended a day ago is forgotten
        return is_known and group.last_reason in _ENDS and now - group.notified_at <= policy.timing.group_interval
    return any(muted_now(group, alert, policy, now) is None for alert in group.alerts.values() if alert.is_open)
