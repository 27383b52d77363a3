"""What the next call of a digest shows: each group that waits for it is read once more just before.

A group lives in its digest until it resolves. What fires again in it after the digest has stopped absorbing gets a
message of its own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from router.core.decide.held import Outlook, look_at
from router.core.decide.notification import Notification, message_notification
from router.core.decide.policy import Policy
from router.core.decide.schedule import enqueue, reschedule
from router.core.deliver.applied import apply_shown
from router.core.deliver.claim import Claim, shown_by_call
from router.core.digest.criticals import name_criticals
from router.core.digest.share import Share, count_again, share_of
from router.core.model.alert_state import ShownState
from router.core.model.changed import replace
from router.core.model.event import CountedBy
from router.core.model.group import AlertGroup, Digest
from router.core.model.instant import MINUTE, SECOND, Instant, Span
from router.core.model.key import GroupId
from router.core.model.operation import Op, Reason
from router.core.model.phase import Queued
from router.core.model.rules.severity import Severity
from router.core.model.transition import Transition
from router.core.slack.answer import Accepted

PACE: Final = Span(5 * SECOND)
"""The least time between two edits of a digest."""
PACE_EACH: Final = Span(3 * SECOND)
"""The same for each digest that is open in the workspace: so all of them together take half of its edits."""
_PACE_IN_THREAD: Final = MINUTE


@dataclass(frozen=True, slots=True)
class Member:
    """A group that waits for its digest, and the policy that holds for it."""

    group: AlertGroup
    policy: Policy


@dataclass(frozen=True, slots=True)
class Shown:
    """What the next call of the digest shows of one group."""

    member: Member
    notification: Notification


@dataclass(frozen=True, slots=True)
class Gathered:
    """The digest as it is to be shown, what it shows of whom, and the groups that do not wait for it any more."""

    digest: Transition
    shown: Sequence[Shown]
    others: Sequence[tuple[AlertGroup, Transition]]


def gather(
    before: AlertGroup, members: Sequence[Member], shares: Mapping[GroupId, Share], open_digests: int, now: Instant
) -> Gathered:
    """Count these groups as they are now; `shares` is what the digest counted of each until now."""
    digest = before.digest or Digest()
    outlooks = [(one, look_at(one.group, one.policy, now)) for one in members]
    released = [one for one, outlook in outlooks if _leaves(digest, one, outlook.reason, shares)]
    quiet = [one for one, outlook in outlooks if outlook.reason is None]
    unseen = [one for one, outlook in outlooks if _is_held_unseen(one, outlook, shares)]
    shown = [
        Shown(one, _member_notification(outlook, outlook.reason, one.policy, now))
        for one, outlook in outlooks
        if outlook.reason is not None and one not in released
    ]
    counted, noted = _counted(digest, shown, [*released, *unseen], shares)
    paced = replace(counted, pace=_pace(before, open_digests))
    is_news = bool(noted) or (before.message is None and paced.firing > 0)
    gathered = replace(
        before,
        digest=paced,
        firing=paced.firing,
        unreported=paced.unreported,
        refresh_due=before.refresh_due or is_news,
    )
    others = [
        *((one.group, Transition(reschedule(one.group, one.policy, now))) for one in quiet),
        *((one.group, release(one.group, one.policy, now)) for one in released),
    ]
    return Gathered(Transition(gathered, shares=noted), shown, others)


def _member_notification(outlook: Outlook, reason: Reason, policy: Policy, now: Instant) -> Notification:
    return replace(message_notification(outlook.part, Op.DIGEST, reason, policy, now), held=outlook.held)


def release(group: AlertGroup, policy: Policy, now: Instant) -> Transition:
    """The group on its way to a message of its own."""
    return Transition(enqueue(replace(group, message=None), policy, now))


def _leaves(digest: Digest, one: Member, reason: Reason | None, shares: Mapping[GroupId, Share]) -> bool:
    """Whether it gets a message of its own: it was shown here, and fires again when no more is absorbed."""
    if digest.lane is not None or reason is not Reason.NEW_ALERTS:
        return False
    return bool(shares.get(one.group.key.group_id)) and _was_shown(one.group)


def _is_held_unseen(one: Member, outlook: Outlook, shares: Mapping[GroupId, Share]) -> bool:
    """Whether it was counted for a call that was never made and is held back by now, so that it leaves."""
    is_counted = bool(shares.get(one.group.key.group_id)) and not _was_shown(one.group)
    return is_counted and outlook.reason is None and bool(outlook.held)


def _was_shown(group: AlertGroup) -> bool:
    """What was counted for a call that was never made was not."""
    return any(alert.last_shown.state is not ShownState.NOTHING for alert in group.alerts.values())


def _counted(
    digest: Digest, shown: Sequence[Shown], leaving: Sequence[Member], shares: Mapping[GroupId, Share]
) -> tuple[Digest, Mapping[GroupId, Share]]:
    gone = [one.group.key.group_id for one in leaving]
    after: dict[GroupId, Share] = {
        one.member.group.key.group_id: share_of(one.member.group, one.notification, one.member.policy.severity)
        for one in shown
    }
    counted, noted = count_again(digest, shares, {**after, **dict.fromkeys(gone, ())})
    severity = next((one.member.policy.severity for one in shown), Severity("", ()))
    return name_criticals(counted, [(one.member.group, one.notification) for one in shown], gone, severity), noted


def _pace(digest: AlertGroup, open_digests: int) -> Span:
    return Span(max(PACE, PACE_EACH * open_digests, _PACE_IN_THREAD if digest.takes_no_edits else 0))


def settle_member(
    current: AlertGroup, shown: Shown, call: Claim, answer: Accepted, now: Instant
) -> Transition | None:
    """A group that a call of its digest has shown; None where it does not wait for that digest any more."""
    if current.shown_by != call.snapshot.key.group_id or not isinstance(current.phase, Queued):
        return None
    snapshot = shown_by_call(shown.member.group, shown.notification)
    made = Claim(shown.notification, call.lease, snapshot, call.claimed_at)
    settled = apply_shown(current, made, answer, shown.member.policy, now)
    digest = call.snapshot.digest or Digest()
    by = CountedBy(call.snapshot.key.group_id, digest.life)
    return replace(settled, events=tuple(replace(event, counted_by=by) for event in settled.events))
