"""Messages that flap: reopened again and again, they are edited, and nobody is notified until they are quiet.

The reopening by which a message begins to flap is still broadcast, and says so. After that replies are left out, but
for a worse severity and the repeat, until it has not turned for a while: one reply reports that, as a broadcast if it
fires then.
"""

from router.core.decide.policy import Policy
from router.core.model.changed import replace
from router.core.model.group import AlertGroup, Flaps, PendingReply
from router.core.model.instant import NEVER, Instant
from router.core.model.operation import Op, Reason
from router.core.model.rules.flapping import Flapping
from router.core.model.rules.receiver import OnChange


def reopened(flaps: Flaps, rule: Flapping, now: Instant) -> Flaps:
    """Once more."""
    if not rule.reopenings:
        return flaps
    times = (*flaps.reopened_at, now)[-rule.reopenings :]
    if flaps.is_on:
        return replace(flaps, turned_at=now, count=flaps.count + 1, reopened_at=times)
    begins = len(times) == rule.reopenings and now - times[0] <= rule.window
    return Flaps(now, times[0] if begins else NEVER, len(times) if begins else 0, times)


def over(flaps: Flaps, now: Instant) -> Flaps:
    """Nothing fires in it any more."""
    return replace(flaps, turned_at=now)


def quiet_due(group: AlertGroup, rule: Flapping) -> Instant:
    """When it will have been quiet for long enough; NEVER for what does not flap."""
    return Instant(group.flaps.turned_at + rule.quiet) if group.flaps.is_on else NEVER


def calmed(group: AlertGroup, policy: Policy, now: Instant) -> AlertGroup:
    """The group, no longer flapping if it has been quiet for long enough: its message is to show that."""
    if not NEVER < quiet_due(group, policy.flapping) <= now:
        return group
    quiet = replace(group.flaps, since=NEVER, reopened_at=())
    op = Op.REPLY_BROADCAST if group.firing else Op.REPLY_THREAD
    reports = policy.receiver.on_change is OnChange.THREAD and group.posted is not None
    return replace(
        group,
        flaps=quiet,
        refresh_due=group.refresh_due or group.posted is not None,
        pending_reply=PendingReply(op, Reason.QUIET) if reports else group.pending_reply,
    )
