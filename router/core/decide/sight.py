"""What an open alert is shown as that its sender leaves out: by bodies alone, and by what Alertmanager knows of it.

Nothing that is known here makes anything green. An alert is given up only by `stale_after` without any sign of it, or
once Alertmanager, asked twice, does not know it any more.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from router.core.decide.policy import Policy
from router.core.fold.missing import GRACE, is_missing
from router.core.model.alert import AlertId
from router.core.model.alert_state import AlertState, ShownState
from router.core.model.changed import replace
from router.core.model.group import AlertGroup
from router.core.model.instant import MINUTE, NEVER, SECOND, Instant, Span, earliest
from router.core.model.muted import Sight, Upstream
from router.core.model.phase import Held, Idle, Waiting
from router.core.model.rules.route import Timing
from router.core.model.transition import Transition

BELIEVED: Final = Span(15 * MINUTE)
"""How long a mute is believed after it was last heard of: events repeat it, and the API is asked again."""

CONFIRMED: Final = Span(2 * MINUTE)
"""How long Alertmanager must not know an alert before it counts as ended: one that was just started knows few."""

ASK_AGAIN: Final = Span(5 * MINUTE)
"""How often Alertmanager is asked about what its bodies leave out."""

_JUST_ASKED: Final = Span(MINUTE)
_ANSWERED: Final = Span(20 * SECOND)
"""By then it has answered, or does not."""


def out_of_sight(group: AlertGroup, timing: Timing, now: Instant) -> Mapping[AlertId, ShownState]:
    """The open alerts that are to be shown otherwise by now, and how; without edits those alone that are given up."""
    found = ((one, alert, _sight(alert, group, timing, now)) for one, alert in _open(group))
    return {
        one: state
        for one, alert, state in found
        if state not in {ShownState.FIRING, alert.last_shown.state}
        and (state is ShownState.STALE or not group.takes_no_edits)
    }


def _open(group: AlertGroup) -> Iterator[tuple[AlertId, AlertState]]:
    """What is open, in the message as well."""
    return ((one, alert) for one, alert in group.alerts.items() if alert.is_open and alert.last_shown.state.is_open)


def _sight(alert: AlertState, group: AlertGroup, timing: Timing, now: Instant) -> ShownState:
    known = alert.upstream
    if known is not None and now <= _believed_until(known):
        return ShownState.MUTED
    if now - _last_known(alert) > timing.stale_after:
        return ShownState.STALE
    if known is not None and known.sight is Sight.GONE and known.at - known.since >= CONFIRMED:
        return ShownState.ENDED
    if alert.unreported or is_missing(alert, group, now):
        return ShownState.UNREPORTED
    return ShownState.FIRING


def _believed_until(known: Upstream) -> Instant:
    """Until when it counts as muted: a little longer than the mute lasts, since the next body may bring it back."""
    if known.muted is None:
        return NEVER
    after = Instant(known.muted.until + GRACE) if known.muted.until != NEVER else NEVER
    return earliest(after, Instant(known.at + BELIEVED))


def _last_known(alert: AlertState) -> Instant:
    """When it was last known to fire."""
    known = alert.upstream
    there = known.at if known is not None and known.sight is not Sight.GONE else NEVER
    return max(alert.registers.seen_firing, there)


def sight_changes_at(group: AlertGroup, policy: Policy, now: Instant) -> Instant:
    """When an open alert is to be shown otherwise, or asked about, though nobody reports it; NEVER if none."""
    if out_of_sight(group, policy.timing, now):
        return now
    changes, is_hidden = list[Instant](), False
    for alert in group.alerts.values():
        if not alert.is_open:
            continue
        changes.append(Instant(_last_known(alert) + policy.timing.stale_after + 1))
        if alert.upstream is not None and alert.last_shown.state is ShownState.MUTED and not group.takes_no_edits:
            changes.append(Instant(_believed_until(alert.upstream) + 1))
        is_hidden = is_hidden or alert.unreported
    asks = policy.asks_alertmanager and is_hidden and not group.takes_no_edits
    return earliest(*changes, Instant(group.asked_at + ASK_AGAIN) if asks else NEVER)


def to_ask(group: AlertGroup, policy: Policy, now: Instant) -> frozenset[AlertId]:
    """The alerts about which Alertmanager is to be asked now: what is about to be shown as unseen, and what is."""
    if not policy.asks_alertmanager or group.takes_no_edits or not isinstance(group.phase, Idle | Waiting | Held):
        return frozenset()
    about_to = out_of_sight(group, policy.timing, now).items()
    soon = {one for one, state in about_to if state in {ShownState.UNREPORTED, ShownState.STALE}}
    hidden = {one for one, alert in _open(group) if alert.unreported}
    pause = _JUST_ASKED if soon else ASK_AGAIN
    return frozenset(soon | hidden) if (soon or hidden) and now - group.asked_at >= pause else frozenset()


def ask(group: AlertGroup, now: Instant) -> Transition:
    """The group while Alertmanager is asked; what else there is to notify does not wait for the answer."""
    asked = replace(group, asked_at=now)
    is_news = group.pending or group.refresh_due or group.pending_reply is not None
    return Transition(asked if is_news else replace(asked, phase=Idle(Instant(now + _ANSWERED))))
