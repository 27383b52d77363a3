"""How an alert stands in its group now: shown, on its way, held back, or never to be shown; the answer to "why?"."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from router.core.decide.held import held_back, muted_now
from router.core.decide.policy import Policy, goes_nowhere
from router.core.fold.missing import is_left_out
from router.core.model.alert import AlertId
from router.core.model.alert_state import AlertState, ShownState
from router.core.model.group import AlertGroup
from router.core.model.instant import NEVER, Instant
from router.core.model.muted import Muted
from router.core.model.phase import Parked, Queued, Sending, Uncertain


class Outcome(StrEnum):
    """What became of it by now."""

    SHOWN = "shown"
    IN_DIGEST = "in_digest"
    WAITING = "waiting"
    QUEUED = "queued"
    SENDING = "sending"
    HELD = "held"
    PARKED = "parked"
    NO_DESTINATION = "no_destination"
    NEVER_SHOWN = "never_shown"
    MOVED = "moved"


_IN_FLIGHT: Final = (Sending, Uncertain)


@dataclass(frozen=True, slots=True)
class Standing:
    """Of one alert in one group: what became of it, as what it is shown, and what comes next.

    `until` is when what it waits for ends at the latest, `muted` what holds it back, will hold back what is new of
    it, or held it back until it ended, `why` why its group is set aside. `repeat_at` and `stale_at` are when its
    message is repeated, and when it counts as no longer reported, if nothing changes; NEVER where neither applies.
    `notified_at` is NEVER for what only an earlier message of the group showed.
    """

    outcome: Outcome
    firing: bool
    shown_as: ShownState
    notified_at: Instant
    until: Instant = NEVER
    muted: Muted | None = None
    muted_upstream: Muted | None = None
    """What mutes it in Alertmanager, as far as that is known."""
    why: str = ""
    unreported_since: Instant = NEVER
    """Its last report, where nobody knows whether it still fires: its sender leaves it out; else NEVER."""
    repeat_at: Instant = NEVER
    stale_at: Instant = NEVER


def standing(group: AlertGroup, alert_id: AlertId, policy: Policy, now: Instant) -> Standing:
    """How one of the alerts of a group stands; the group must be loaded whole."""
    alert = group.alerts[alert_id]
    outcome = _outcome(group, alert, policy, is_held=alert_id in held_back(group, policy, now))
    shows = outcome is Outcome.SHOWN and alert.shown_firing
    return Standing(
        outcome=outcome,
        firing=alert.firing,
        shown_as=alert.last_shown.state,
        notified_at=group.notified_at,
        until=group.phase.due if outcome in {Outcome.WAITING, Outcome.PARKED} else NEVER,
        muted=_muted(group, alert, outcome, policy, now),
        muted_upstream=alert.upstream.muted if alert.upstream is not None else None,
        why=group.phase.reason if isinstance(group.phase, Parked) else "",
        unreported_since=alert.registers.seen_firing if _is_unreported(group, alert) else NEVER,
        repeat_at=Instant(group.notified_at + policy.timing.repeat_interval) if shows else NEVER,
        stale_at=Instant(alert.registers.seen_firing + policy.timing.stale_after) if shows else NEVER,
    )


def _is_unreported(group: AlertGroup, alert: AlertState) -> bool:
    if not alert.firing or alert.last_shown.state is ShownState.REROUTED:
        return False
    return not alert.shown_firing or is_left_out(alert, group)


def _muted(group: AlertGroup, alert: AlertState, outcome: Outcome, policy: Policy, now: Instant) -> Muted | None:
    if outcome is Outcome.NEVER_SHOWN:
        return alert.held_by
    return muted_now(group, alert, policy, now) if alert.shown_firing or outcome is Outcome.HELD else None


def _outcome(group: AlertGroup, alert: AlertState, policy: Policy, *, is_held: bool) -> Outcome:
    if goes_nowhere(group, policy):
        return Outcome.NO_DESTINATION
    if alert.pending:
        return Outcome.HELD if is_held else _on_its_way(group)
    if alert.last_shown.state is ShownState.REROUTED:
        return Outcome.MOVED
    if alert.last_shown.state is ShownState.NOTHING:
        return Outcome.NEVER_SHOWN
    is_counted = group.shown_by is not None and group.notified_at != NEVER
    return Outcome.IN_DIGEST if is_counted else Outcome.SHOWN


def _on_its_way(group: AlertGroup) -> Outcome:
    if isinstance(group.phase, Parked):
        return Outcome.PARKED
    if isinstance(group.phase, _IN_FLIGHT):
        return Outcome.SENDING
    return Outcome.QUEUED if isinstance(group.phase, Queued) else Outcome.WAITING
