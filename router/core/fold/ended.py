"""All alerts of a sender group have ended: what that means for those that its body had no room for.

Alertmanager finds out that all have ended before it truncates the body. What that sender group was the last to
report, and not after that body, has ended with it, whichever of the two is folded first. An alert that another sender
has reported since is left to that one.
"""

from router.core.model.alert_state import AlertState
from router.core.model.changed import replace
from router.core.model.group import AlertGroup
from router.core.model.instant import NEVER, Instant
from router.core.model.observation import Observations


def ended_with_all(alert: AlertState, sender_group: str, ended_at: Instant) -> AlertState:
    """The alert, resolved if that sender group reported it last, and not after `ended_at`; NEVER ends nothing."""
    reported = alert.firing and alert.sender_group == sender_group != ""
    if not reported or alert.registers.seen_firing > ended_at:
        return alert
    after = replace(alert, registers=alert.registers.end_at(ended_at))
    return replace(after, pending_since=alert.pending_since or (ended_at if after.pending else NEVER))


def all_ended_at(group: AlertGroup, seen: Observations) -> Instant:
    """The newest truncated body of this sender group by which all had ended; NEVER if there was none."""
    known = group.senders.get(seen.sender_group)
    before = known.all_ended_at if known is not None else NEVER
    return max(before, seen.observed) if seen.all_ended else before
