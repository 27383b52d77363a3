"""Merge observations into the stored alert group; what brings nothing new is a duplicate.

The registers are maxima and the content is the newest, so the order and number of records do not matter. The books
count a change when an alert changes state, or when a state change is learned of late; a change on top of a pending
one supersedes it. Only the alerts of the body need be loaded: counts over all of them are kept in the group. When to
look at the group next is not decided here but in `decide/schedule`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from router.core.fold.ended import all_ended_at, ended_with_all
from router.core.fold.senders import note_sender
from router.core.model.alert import Alert, AlertId, Status
from router.core.model.alert_state import AlertContent, AlertState, ShownState
from router.core.model.changed import replace
from router.core.model.group import AlertGroup
from router.core.model.instant import Instant, earliest
from router.core.model.ledger import LedgerEntry
from router.core.model.observation import Observations
from router.core.model.transition import Transition

MAX_CONTENTS: Final = 500
"""Alerts of one group whose labels and annotations are kept; of more, only the registers are.

What fires is kept beyond it while no more than this fire: what has ended makes room with the next accepted call.
"""


def fold(before: AlertGroup, seen: Observations, now: Instant) -> Transition:
    """The group with these observations merged in, in the phase it was in."""
    alerts, tally = dict(before.alerts), _Tally(fired=before.firing, contents=before.contents)
    ended_at = all_ended_at(before, seen)
    for alert in seen.alerts:
        old = alerts.get(alert.alert_id, AlertState())
        new = observe(old, alert, seen, may_keep=tally.has_room_for(alert))
        alerts[alert.alert_id] = _noted(old, ended_with_all(new, seen.sender_group, ended_at), before)
        tally = tally.plus(old, alerts[alert.alert_id])
    duplicates = len(seen.alerts) - tally.changes
    for alert_id, old in list(alerts.items()) if seen.all_ended else ():
        alerts[alert_id] = _noted(old, ended_with_all(old, seen.sender_group, ended_at), before)
        tally = tally.plus(old, alerts[alert_id])
    after = replace(
        before,
        alerts=alerts,
        firing=before.firing + tally.firing,
        unreported=before.unreported + tally.unreported,
        pending=before.pending + tally.pending,
        contents=tally.contents,
    )
    return Transition(note_sender(after, seen, now), tally.entry(len(seen.alerts), duplicates))


def _noted(old: AlertState, new: AlertState, before: AlertGroup) -> AlertState:
    """While a call is in flight, with the registers that it shows: whoever finds it in Slack must know them."""
    if not before.is_called:
        return new
    if old.at_call is not None:
        return replace(new, at_call=old.at_call)
    return new if new.registers == old.registers else replace(new, at_call=old.registers)


@dataclass(frozen=True, slots=True)
class _Tally:
    """What folding changed: alerts that changed state, and by how much the counts of the group rose.

    `fired` is how many fired before, `contents` how many alerts have labels and annotations by now.
    """

    fired: int = 0
    changes: int = 0
    pending: int = 0
    firing: int = 0
    unreported: int = 0
    contents: int = 0

    def has_room_for(self, alert: Alert) -> bool:
        """Whether its labels and annotations may be kept."""
        if self.contents < MAX_CONTENTS:
            return True
        few_fire = self.fired + self.firing < MAX_CONTENTS and self.contents < 2 * MAX_CONTENTS
        return few_fire and alert.status is Status.FIRING

    def plus(self, old: AlertState, new: AlertState) -> "_Tally":
        became_pending = new.pending and not old.pending
        fires, fired = new.shown_firing, old.shown_firing
        is_kept = old.content is None and new.content is not None
        if fires is fired and not became_pending and not is_kept and new.unreported is old.unreported:
            return self
        turned = fires is not fired and not new.reported_again
        return _Tally(
            fired=self.fired,
            changes=self.changes + int(turned or became_pending),
            pending=self.pending + int(became_pending),
            firing=self.firing + int(fires) - int(fired),
            unreported=self.unreported + int(new.unreported) - int(old.unreported),
            contents=self.contents + int(is_kept),
        )

    def entry(self, accepted: int, duplicates: int) -> LedgerEntry:
        return LedgerEntry(
            changes=self.changes,
            pending=self.pending,
            superseded=self.changes - self.pending,
            accepted=accepted,
            duplicates=duplicates,
        )


def observe(old: AlertState, alert: Alert, seen: Observations, *, may_keep: bool) -> AlertState:
    """One alert with one more observation; `may_keep` allows it labels and annotations if it has none yet."""
    return AlertState(
        registers=old.registers.observe(alert, seen.observed),
        last_shown=old.last_shown,
        pending_since=_first_pending(old, alert, seen.observed),
        sender_group=_newest_sender(old, seen),
        unreplied=old.unreplied,
        content=_newest_content(old, alert, seen, may_keep=may_keep),
        upstream=old.upstream if old.upstream is not None and old.upstream.at > seen.observed else None,
        held_by=old.held_by if alert.status is Status.RESOLVED else None,
    )


def _newest_content(old: AlertState, alert: Alert, seen: Observations, *, may_keep: bool) -> AlertContent | None:
    new = AlertContent(
        labels=alert.labels,
        annotations=alert.annotations,
        generator_url=alert.generator_url,
        seen=seen.observed,
        group_labels=seen.group_labels,
        links=alert.links,
        values=alert.values,
    )
    if old.content is None:
        return new if may_keep else None
    if old.content.seen != new.seen:
        return new if new.seen > old.content.seen else old.content
    return max(old.content, new, key=_content_order)


def _content_order(content: AlertContent) -> tuple[object, ...]:
    """Of two that were seen at the same time, the same comes out in every order."""
    labels, annotations = sorted(content.labels.items()), sorted(content.annotations.items())
    group, links = sorted((content.group_labels or {}).items()), sorted(content.links.items())
    grouped, numbers = content.group_labels is not None, sorted(content.values.items())
    return labels, annotations, content.generator_url, grouped, group, links, numbers


def _newest_sender(old: AlertState, seen: Observations) -> str:
    last_seen = old.registers.last_seen
    if last_seen != seen.observed:
        return old.sender_group if last_seen > seen.observed else seen.sender_group
    return max(old.sender_group, seen.sender_group)


def _first_pending(old: AlertState, alert: Alert, observed: Instant) -> Instant:
    """Only an observation that is news by itself counts, so that order and repetition do not matter."""
    shown = old.last_shown
    is_news = shown.differs_from(shown.registers.observe(alert, observed))
    return earliest(old.pending_since, observed) if is_news else old.pending_since


def without_surplus(alerts: Mapping[AlertId, AlertState]) -> Mapping[AlertId, AlertState]:
    """All alerts of a group, with labels and annotations of as many as may have them: what ended first goes first."""
    kept = [alert_id for alert_id, alert in alerts.items() if alert.content is not None]
    ended = [one for one in kept if _is_over(alerts[one])]
    surplus = sorted(ended, key=lambda one: alerts[one].registers.last_seen)[: max(0, len(kept) - MAX_CONTENTS)]
    return {**alerts, **{one: replace(alerts[one], content=None) for one in surplus}} if surplus else alerts


def _is_over(alert: AlertState) -> bool:
    """Whether nobody is to be notified of it any more unless it fires again."""
    return not alert.is_open and not alert.pending and alert.unreplied is ShownState.NOTHING


def alert_ids(seen: Sequence[Observations]) -> tuple[AlertId, ...]:
    """The alerts that must be loaded before these observations can be folded."""
    named = [alert.alert_id for one in seen for alert in one.alerts]
    return tuple(dict.fromkeys([*named, *(alert_id for one in seen for alert_id in one.ends)]))
