"""When a digest begins, what it takes out of a lane, and when it takes no more.

It begins when more groups of a receiver wait for a message of their own than its threshold, and takes all that come
until they are few again. Five critical groups a minute are left to messages of their own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from router.core.decide.policy import Policy
from router.core.decide.schedule import enqueue
from router.core.deliver.applied import announce_end
from router.core.model.changed import replace
from router.core.model.group import AlertGroup, Announced, Digest, DigestRef, PendingReply
from router.core.model.instant import MINUTE, NEVER, SECOND, Instant, Span
from router.core.model.key import GroupId, digest_key
from router.core.model.operation import Lane, Method, Op, Reason
from router.core.model.phase import Idle, Queued, Waiting
from router.core.model.rules.receiver import OnChange, Receiver
from router.core.model.transition import Transition

WINDOW: Final = Span(10 * SECOND)
"""A digest takes no more when in so long no more groups came than its threshold: about what a channel takes."""
SPARED: Final = 5
"""Critical groups that get a message of their own all the same, within `SPARED_WITHIN`."""
SPARED_WITHIN: Final = MINUTE


@dataclass(frozen=True, slots=True)
class Absorption:
    """What a look at a lane comes to: the digest's transition, and that of each group it takes."""

    digest: Transition
    members: Sequence[tuple[AlertGroup, Transition]] = ()


def new_digest(receiver: Receiver) -> AlertGroup:
    """A digest that has not begun."""
    return AlertGroup(digest_key(receiver.name, receiver.channel), digest=Digest())


def absorb(before: AlertGroup, waiting: Sequence[AlertGroup], policy: Policy, now: Instant) -> Absorption | None:
    """Take those of these groups that the digest is to show; None where there is nothing to do.

    `waiting` are groups of its receiver that wait in the receiver's lane, in its order.
    """
    lane, above = Lane(policy.receiver.channel, Method.POST), policy.receiver.digest_above
    candidates = [group for group in waiting if _may_join(group)]
    digest = before.digest or Digest()
    if digest.lane is None:
        begins = 0 < above < len(candidates)
        return _take(_begin(before, digest, lane, policy, now), candidates, policy, now) if begins else None
    if digest.lane != lane or not above:
        return Absorption(Transition(_stop(before, digest, policy, now)))
    if now - digest.counted_from < WINDOW:
        return _take(before, candidates, policy, now) if candidates else None
    if digest.joined + len(candidates) <= above:
        return Absorption(Transition(_stop(before, digest, policy, now)))
    return _take(replace(before, digest=replace(digest, joined=0, counted_from=now)), candidates, policy, now)


def wake(digest: AlertGroup, policy: Policy, now: Instant) -> Transition | None:
    """Groups wait to be shown by it: it asks for its next call in time; None where it is about to already."""
    after = _woken(digest, policy, now)
    return None if after is digest else Transition(after)


def _may_join(group: AlertGroup) -> bool:
    return group.digest is None and group.message is None and isinstance(group.phase, Queued)


def _begin(before: AlertGroup, digest: Digest, lane: Lane, policy: Policy, now: Instant) -> AlertGroup:
    """The digest from now on: in the message that is there, unless that has been over for long."""
    begun = replace(digest, lane=lane, joined=0, counted_from=now, announced=Announced.BEGUN)
    if before.closed and now - before.notified_at > policy.timing.reopen_within:
        return _from_nothing(before, begun)
    is_long_ago = now - digest.counted_from > policy.timing.reopen_within
    if before.message is None or not (is_long_ago or digest.announced is Announced.OVER):
        return replace(before, digest=begun)
    again = PendingReply(Op.REPLY_BROADCAST, Reason.NEW_ALERTS, reopens=True)
    is_quiet = policy.receiver.on_change is OnChange.EDIT
    return replace(before, digest=begun, reopened=before.reopened + 1, pending_reply=None if is_quiet else again)


def _from_nothing(before: AlertGroup, begun: Digest) -> AlertGroup:
    """In a message that has not been posted yet, counting from nothing."""
    return replace(
        before,
        message=None,
        notified_at=NEVER,
        firing=0,
        unreported=0,
        reopened=0,
        refresh_due=False,
        refresh_at=NEVER,
        takes_no_edits=False,
        digest=replace(begun, life=begun.life + 1, groups=0, rows=(), criticals=(), pace=Span(0)),
    )


def _stop(before: AlertGroup, digest: Digest, policy: Policy, now: Instant) -> AlertGroup:
    """It takes no more, which its message is to show; where all is over already, that is announced."""
    stopped = replace(digest, lane=None, joined=0, counted_from=now, spared=())
    shown = replace(before, digest=stopped, refresh_due=before.message is not None)
    return _woken(announce_end(shown, stopped, policy.receiver), policy, now)


def _take(before: AlertGroup, candidates: Sequence[AlertGroup], policy: Policy, now: Instant) -> Absorption:
    digest = before.digest or Digest()
    spared = _spared(digest, candidates, policy, now)
    joining = [group for group in candidates if group.key.group_id not in spared]
    counting = replace(digest, joined=digest.joined + len(joining), spared=tuple(spared.items()))
    after = replace(before, digest=counting)
    return Absorption(
        Transition(_woken(after, policy, now) if joining else after),
        [(group, Transition(_joined(group, after.key.group_id, policy, now))) for group in joining],
    )


def _spared(digest: Digest, candidates: Sequence[AlertGroup], policy: Policy, now: Instant) -> dict[GroupId, Instant]:
    """Those that are left alone, and those that were within the last minute, with the time."""
    spared = {group: at for group, at in digest.spared if now - at < SPARED_WITHIN}
    for group in candidates:
        if len(spared) < SPARED and _is_critical(group, policy):
            spared.setdefault(group.key.group_id, now)
    return spared


def _is_critical(group: AlertGroup, policy: Policy) -> bool:
    contents = (alert.content for alert in group.alerts.values() if alert.shown_firing)
    return any(one is not None and policy.severity.rank(one.labels) == 0 for one in contents)


def _joined(group: AlertGroup, digest: GroupId, policy: Policy, now: Instant) -> AlertGroup:
    return enqueue(replace(group, message=DigestRef(digest), pending_reply=None), policy, now)


def _woken(digest: AlertGroup, policy: Policy, now: Instant) -> AlertGroup:
    if not isinstance(digest.phase, Idle):
        return digest
    due = Instant(digest.notified_at + policy.timing.group_interval)
    return enqueue(digest, policy, now) if due <= now else replace(digest, phase=Waiting(due))
