"""Go on with a message that is there although its group was lost: what an event notes as shown, taken in again.

The group may have been folded again meanwhile. What was observed of an alert is the maximum of both; what was shown
of it is what the event notes, so that only what is different by now is notified.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from router.core.decide.policy import Policy
from router.core.decide.schedule import enqueue, reschedule
from router.core.model.alert import AlertId
from router.core.model.alert_state import AlertState, LastShown, ShownState
from router.core.model.changed import replace
from router.core.model.event import CountedBy, Shown
from router.core.model.group import AlertGroup, Announced, Digest, DigestRef, MessageRef
from router.core.model.instant import NEVER, Instant
from router.core.model.ledger import LedgerEntry
from router.core.model.operation import Reason
from router.core.model.phase import Queued, Rank
from router.core.model.registers import Registers
from router.core.model.transition import Transition


@dataclass(frozen=True, slots=True)
class Place:
    """Where a group was shown last, when, why, and what its message shows since.

    Of a digest, `digest` is what its message shows: how many alerts in all. A group that a digest shows is
    `counted_by` it; `digest_life` is the life in which that digest goes on, None where it is over, or nothing is
    known of it.
    """

    message: MessageRef
    shown: Shown
    notified_at: Instant
    reason: Reason
    digest: Digest | None = None
    counted_by: CountedBy | None = None
    digest_life: int | None = None

    @property
    def fires(self) -> bool:
        """Whether anything in it was not shown as ended."""
        if self.digest is not None:
            return self.digest.firing + self.digest.unreported > 0
        return any(one.state is not ShownState.RESOLVED for one in self.shown.alerts.values())

    @property
    def is_over(self) -> bool:
        """Whether it is a digest that has nothing left to show."""
        return self.digest is not None and self.digest.announced is Announced.OVER and not self.fires


def adopt(current: AlertGroup, place: Place, policy: Policy, now: Instant) -> Transition:
    """The group, loaded whole, shown in that message; as it is where it was shown later, or is being shown now."""
    if current.is_called or current.shown_by is not None or current.notified_at >= place.notified_at:
        return Transition(current)
    if place.digest is not None:
        return Transition(_digest(current, place, place.digest, policy, now))
    alerts = {**current.alerts, **_adopted(current.alerts, place.shown.alerts)}
    pending = sum(alert.pending for alert in alerts.values())
    new = sum(alert.pending and not _was_pending(current, one) for one, alert in alerts.items())
    worst = [one for one in (current.worst_shown, place.shown.worst) if one is not None]
    adopted = replace(
        current,
        alerts=alerts,
        pending=pending,
        firing=sum(alert.shown_firing for alert in alerts.values()),
        unreported=sum(alert.unreported for alert in alerts.values()),
        message=place.message if place.counted_by is None else DigestRef(place.counted_by.digest),
        notified_at=place.notified_at,
        last_reason=place.reason,
        reopened=max(current.reopened, place.shown.reopened),
        worst_shown=min(worst, default=None),
        takes_no_edits=place.shown.takes_no_edits,
        refresh_due=False,
        refresh_at=NEVER,
        posted_to="",
    )
    entry = LedgerEntry(changes=new, pending=pending - current.pending, superseded=new + current.pending - pending)
    after = _counted_again(adopted, policy, now) if _is_counted(place) else reschedule(adopted, policy, now)
    return Transition(after, entry)


def _digest(current: AlertGroup, place: Place, digest: Digest, policy: Policy, now: Instant) -> AlertGroup:
    """The digest, which counts its groups from nothing: each of them is counted again, and then it is edited."""
    counting = replace(digest, counted_from=now, groups=0, rows=())
    adopted = replace(
        current,
        digest=counting,
        firing=digest.firing,
        unreported=digest.unreported,
        message=place.message,
        notified_at=place.notified_at,
        last_reason=place.reason,
        reopened=place.shown.reopened,
        takes_no_edits=place.shown.takes_no_edits,
        refresh_due=not place.is_over,
        refresh_at=NEVER,
    )
    return reschedule(adopted, policy, now)


def _is_counted(place: Place) -> bool:
    """Whether a digest is to count it again: not what has ended where the digest is over, or counts others by now."""
    if place.counted_by is None:
        return False
    return place.fires or place.counted_by.life == place.digest_life


def _counted_again(adopted: AlertGroup, policy: Policy, now: Instant) -> AlertGroup:
    """The group in the queue of its digest: what fires first, so that no digest seems to be over meanwhile."""
    queued = enqueue(replace(adopted, refresh_due=True), policy, now)
    if not isinstance(queued.phase, Queued):
        return queued
    return replace(queued, phase=replace(queued.phase, rank=Rank.URGENT if adopted.is_open else Rank.NORMAL))


def _was_pending(group: AlertGroup, alert: AlertId) -> bool:
    return alert in group.alerts and group.alerts[alert].pending


def _adopted(alerts: Mapping[AlertId, AlertState], shown: Mapping[AlertId, LastShown]) -> dict[AlertId, AlertState]:
    return {one: _with(alerts.get(one, AlertState()), last) for one, last in shown.items()}


def _with(alert: AlertState, last: LastShown) -> AlertState:
    known = replace(alert, registers=_latest(alert.registers, last.registers), last_shown=last)
    since = known.pending_since or known.registers.last_seen
    return replace(known, pending_since=since if known.pending else NEVER, unreplied=ShownState.NOTHING)


def _latest(one: Registers, other: Registers) -> Registers:
    return Registers(
        max(one.start, other.start),
        max(one.end, other.end),
        max(one.seen_firing, other.seen_firing),
        max(one.seen_resolved, other.seen_resolved),
    )
