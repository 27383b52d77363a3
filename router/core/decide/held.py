"""What is held back of a group, and the part of it that may be notified now.

News of what fires is held back while it is muted; the end of what a message shows firing never is, since the message
must not go on showing it. The replies about that wait until nothing they report is muted. Alertmanager leaves muted
alerts out of what it sends (notify/mute.go); so does the message, and an alert that it showed before stays as it was.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from router.core.decide.policy import Policy
from router.core.decide.reason import reason_to_notify, repeat_due
from router.core.model.alert import AlertId
from router.core.model.alert_state import AlertState, ShownState
from router.core.model.changed import replace
from router.core.model.group import AlertGroup
from router.core.model.instant import HOUR, MILLISECOND, NEVER, Instant, Span, earliest
from router.core.model.muted import NOTHING_LEFT_OUT, LeftOut, Muted
from router.core.model.operation import Reason
from router.core.model.phase import Held, tries_of

_LOOK: Final = HOUR
"""What is held back is decided again after so long, whoever should have woken it."""

SHOWS_NO_FIRING: Final = frozenset({ShownState.NOTHING, ShownState.RESOLVED})
"""What a message shows of an alert that does not fire there, as far as it goes."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is to be notified of a group now, and why; and what is held back of it, by what.

    `part` is the group as a call may show it. `waits_for` holds back all that is left to notify where `reason` is
    None and no reply is pending in `part`; None where nothing is left.
    """

    part: AlertGroup
    reason: Reason | None
    held: Mapping[AlertId, Muted]
    waits_for: tuple[Muted, ...] = ()

    @property
    def has_news(self) -> bool:
        """Whether there is a call to make."""
        return self.reason is not None or self.part.pending_reply is not None


def look_at(group: AlertGroup, policy: Policy, now: Instant) -> Outlook:
    """What is to be notified of a group now; it must be loaded whole."""
    if not policy.mutes and group.left_out == NOTHING_LEFT_OUT:
        return Outlook(group, reason_to_notify(group, policy.timing, now), {})
    held = held_back(group, policy, now)
    part = without_held(group, held)
    reply = _reply_held(group, policy, now) if group.pending_reply is not None else ()
    part = replace(part, pending_reply=None) if reply else part
    reason = reason_to_notify(part, policy.timing, now)
    if reason is None and _counts_otherwise(part, held):
        part, reason = replace(part, refresh_due=True), Reason.REFRESH
    if reason is not None and (reply or isinstance(group.phase, Held)) and _is_early(group, policy, now):
        return Outlook(part, None, held)
    repeat = _repeat_held(part, policy, now) if reason is Reason.REPEAT else ()
    return Outlook(part, None if repeat else reason, held, (*held.values(), *reply, *repeat))


def held_back(group: AlertGroup, policy: Policy, now: Instant) -> Mapping[AlertId, Muted]:
    """The alerts whose news is held back now, and by what; of what has ended unseen as well."""
    if not policy.mutes:
        return {}
    news = {one: alert for one, alert in group.alerts.items() if alert.pending and not _ends_what_is_shown(alert)}
    return {one: muted for one, alert in news.items() if (muted := muted_now(group, alert, policy, now)) is not None}


def muted_now(group: AlertGroup, alert: AlertState, policy: Policy, now: Instant) -> Muted | None:
    """What holds back an alert of the group; one whose labels are not kept, by the labels that all have."""
    if alert.content is not None:
        return policy.mutes.of(alert.content.labels, now)
    return policy.mutes.of_all(dict(group.key.group), now)


def without_held(group: AlertGroup, held: Mapping[AlertId, Muted]) -> AlertGroup:
    """The group as a call may show it: what is held back as it was shown last, or not at all."""
    if not held:
        return group
    gone = {one for one in held if group.alerts[one].last_shown.state is ShownState.NOTHING}
    alerts = {
        one: _as_shown(alert) if one in held else alert for one, alert in group.alerts.items() if one not in gone
    }
    fires_less = sum(group.alerts[one].shown_firing for one in held)
    fires_less -= sum(alerts[one].shown_firing for one in held if one in alerts)
    return replace(group, alerts=alerts, pending=group.pending - len(held), firing=group.firing - fires_less)


def hushed(part: AlertGroup, policy: Policy, now: Instant) -> Policy:
    """The policy of what is notified now: where all that has ended is muted, people want no ends for the moment."""
    if not policy.mutes:
        return policy
    ended = [alert for alert in part.alerts.values() if alert.pending and _ends_what_is_shown(alert)]
    if not _all_muted(part, ended, policy, now):
        return policy
    return replace(policy, receiver=replace(policy.receiver, send_resolved=False))


def held(group: AlertGroup, outlook: Outlook, idle_until: Instant, now: Instant) -> AlertGroup:
    """The group while all that is left to notify is held back; `idle_until` is its next timer, NEVER for none."""
    ends = [Instant(one.until + MILLISECOND) for one in outlook.waits_for if one.until != NEVER]
    until = earliest(*ends, Instant(now + _LOOK), idle_until)
    last = max(outlook.waits_for, key=lambda one: one.until)
    phase = Held(last, Instant(max(until, now + MILLISECOND)), tries_of(group.phase))
    return replace(_without_unused_digest(group), phase=phase, was_delayed=False, chart_due=False)


def later_repeat(part: AlertGroup, policy: Policy, now: Instant) -> Policy:
    """The policy by which timers of what is held back are set: a repeat that is due waits with it."""
    if not NEVER < repeat_due(part, policy.timing) <= now:
        return policy
    interval = Span(now + _LOOK - part.notified_at)
    return replace(policy, timing=replace(policy.timing, repeat_interval=interval))


def _ends_what_is_shown(alert: AlertState) -> bool:
    return not alert.shown_firing and alert.last_shown.state not in SHOWS_NO_FIRING


def _as_shown(alert: AlertState) -> AlertState:
    """As its message shows it. What fires there, ended and fires again has nothing new for it."""
    if alert.last_shown.state is ShownState.FIRING:
        last_shown = replace(alert.last_shown, registers=alert.registers)
        return replace(alert, last_shown=last_shown, pending_since=NEVER)
    return replace(alert, registers=alert.last_shown.registers, pending_since=NEVER)


def _counts_otherwise(part: AlertGroup, held: Mapping[AlertId, Muted]) -> bool:
    """Whether a message without anything that may fire leaves out something else than it says.

    One in which something fires counts what it leaves out by its next edit: nobody takes it for the end.
    """
    shown = {alert.last_shown.state for alert in part.alerts.values()} - {ShownState.NOTHING}
    is_over = part.posted is not None and bool(shown) and not any(state.is_open for state in shown)
    return is_over and not part.takes_no_edits and LeftOut.of(held.values()) != part.left_out


def _is_early(group: AlertGroup, policy: Policy, now: Instant) -> bool:
    """Whether its message was notified a moment ago; of a group in no lane nobody has waited for that."""
    waits = group.shown_by is None and not group.refresh_due
    return waits and now < group.notified_at + policy.timing.group_interval


def _reply_held(group: AlertGroup, policy: Policy, now: Instant) -> tuple[Muted, ...]:
    """What holds back a reply: all that it reports is muted; where it reports nothing, all that fires."""
    reported = [alert for alert in group.alerts.values() if alert.unreplied is not ShownState.NOTHING]
    return _all_muted(group, reported or _firing(group), policy, now)


def _repeat_held(part: AlertGroup, policy: Policy, now: Instant) -> tuple[Muted, ...]:
    return _all_muted(part, _firing(part), policy, now)


def _firing(group: AlertGroup) -> list[AlertState]:
    return [alert for alert in group.alerts.values() if alert.shown_firing]


def _all_muted(group: AlertGroup, alerts: list[AlertState], policy: Policy, now: Instant) -> tuple[Muted, ...]:
    """What holds them back; nothing where one of them is not muted, or there is none."""
    found = [muted_now(group, alert, policy, now) for alert in alerts]
    muted = tuple(one for one in found if one is not None)
    return muted if len(muted) == len(found) else ()


def _without_unused_digest(group: AlertGroup) -> AlertGroup:
    """A digest that never showed it does not wait for it."""
    shown = any(alert.last_shown.state is not ShownState.NOTHING for alert in group.alerts.values())
    return group if shown or group.shown_by is None else replace(group, message=None)
