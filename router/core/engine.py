"""The facade of the core: what the worker, `preview` and the tests do with alert groups goes through it.

A group is folded, and goes `straight_on` where nothing has to wait; it is looked at when it is due or at the head of
its lane (`advance`), claimed for one call, and settled with Slack's answer; where nobody knows whether the call was
made, Slack is asked (`search_for`) and its answer judged; where edits run short it may `give_way`; without a token it
is parked. `arrive` and `leave` are what a new configuration does to it, and `route_again` says which alerts that
concerns. Where too many wait, a digest takes them (`absorb`), is shown with them as they are then (`gather`), and
they settle with it (`settle_member`). A message that lacks a chart may be edited for it alone (`illustrate`).
`erase` takes people out of a group whose data was erased. What changes a group returns a `Transition` to store, whole
or not at all; `advance` may instead return the notification to send, and `claim` returns the claim beside it. A group
that was lost is adopted with the message that shows it.
"""

from collections.abc import Sequence

from router.core.decide.decide import at_head, when_due
from router.core.decide.erase import erase
from router.core.decide.give_way import give_way, gives_way_until
from router.core.decide.illustrate import illustrate
from router.core.decide.notification import Notification
from router.core.decide.nowhere import has_unsent
from router.core.decide.policy import Policy
from router.core.decide.schedule import after_fold, after_learning, after_leaving
from router.core.decide.sight import ask, to_ask
from router.core.deliver.adopt import Place, adopt
from router.core.deliver.claim import Claim, claim, holds, unclaim
from router.core.deliver.doubt import judge, look, search_for
from router.core.deliver.settle import lapse, park, settle
from router.core.digest.absorb import Absorption, absorb, new_digest, wake
from router.core.digest.gather import Gathered, Member, Shown, gather, release, settle_member
from router.core.fold import fold as folding
from router.core.fold import reroute, upstream
from router.core.fold.fold import alert_ids
from router.core.fold.reroute import Rerouted, route_again
from router.core.fold.upstream import Findings
from router.core.model.alert import AlertId
from router.core.model.changed import replace
from router.core.model.group import AlertGroup
from router.core.model.instant import Instant
from router.core.model.muted import Muted
from router.core.model.observation import Observations
from router.core.model.phase import Held, Idle, Parked, Queued, Sending, Uncertain, Waiting
from router.core.model.rules.route import Timing
from router.core.model.rules.severity import Severity
from router.core.model.transition import Transition

__all__ = [
    "Absorption",
    "Claim",
    "Gathered",
    "Member",
    "Place",
    "Rerouted",
    "Shown",
    "absorb",
    "adopt",
    "advance",
    "alert_ids",
    "arrive",
    "ask",
    "awaits_destination",
    "change_silence",
    "claim",
    "erase",
    "fold",
    "gather",
    "give_way",
    "gives_way_until",
    "holds",
    "illustrate",
    "judge",
    "learn",
    "leave",
    "merge",
    "new_digest",
    "park",
    "release",
    "route_again",
    "search_for",
    "settle",
    "settle_member",
    "straight_on",
    "to_ask",
    "unclaim",
    "wake",
]


def fold(before: AlertGroup, seen: Observations, timing: Timing, severity: Severity, now: Instant) -> Transition:
    """Merge observations into the group; only its alerts that they are about need be loaded."""
    folded = folding.fold(before, seen, now)
    return replace(folded, after=after_fold(before, folded.after, seen, timing, severity, now))


def arrive(before: AlertGroup, seen: Observations, timing: Timing, severity: Severity, now: Instant) -> Transition:
    """The same for alerts that a new configuration brings here from another group."""
    folded = reroute.arrive(before, seen, now)
    return replace(folded, after=after_fold(before, folded.after, seen, timing, severity, now))


def leave(group: AlertGroup, leaving: frozenset[AlertId], now: Instant) -> Transition:
    """Give up alerts that another group shows by now; where a reply is pending the group must be loaded whole."""
    left = reroute.leave(group, leaving, now)
    return replace(left, after=after_leaving(left.after, now))


def learn(group: AlertGroup, found: Findings, timing: Timing, now: Instant) -> Transition:
    """The group with what Alertmanager knows of its alerts; only those need be loaded."""
    return Transition(after_learning(upstream.learn(group, found), timing, now))


def change_silence(group: AlertGroup, silence: Muted, at: Instant, timing: Timing, now: Instant) -> Transition:
    """The group, or a part of it, in which a silence of Alertmanager lasts as long as is known since `at`."""
    return Transition(after_learning(upstream.change_silence(group, silence, at), timing, now))


def advance(group: AlertGroup, policy: Policy, now: Instant) -> Transition | Notification:
    """What time means for a group, loaded whole: the next transition, or at the head of a lane what to send.

    One that waits is left alone before its time: whoever found it due has perhaps been overtaken by others since.
    """
    match group.phase:
        case Waiting(until) if now < until:
            return Transition(group)
        case Idle() | Waiting() | Parked() | Held():
            return when_due(group, policy, now)
        case Queued() as queued:
            return at_head(group, queued, policy, now)
        case Sending() as sending:
            return lapse(group, sending, policy, now)
        case Uncertain() as doubted:
            return look(group, doubted, policy, now)


def awaits_destination(group: AlertGroup, policy: Policy) -> bool:
    """Whether its alerts fire and nothing was sent of them, although its receiver has a destination by now."""
    return isinstance(group.phase, Idle) and not policy.receiver.sends_nothing and has_unsent(group)


def straight_on(folded: Transition, policy: Policy, now: Instant) -> Transition:
    """What was folded, straight into its lane where nothing has to wait; the group must be loaded whole.

    What has nothing to notify is left to its turn: until then a new configuration finds all that is known of it.
    """
    phase = folded.after.phase
    if not isinstance(phase, Waiting) or phase.until > now:
        return folded
    moved = when_due(folded.after, policy, now)
    return merge([folded, moved]) if isinstance(moved.after.phase, Queued) else folded


def merge(transitions: Sequence[Transition]) -> Transition:
    """Transitions in a row as the one that is stored: the last state, the sum of the entries, all events."""
    first, *rest = transitions
    for one in rest:
        first = replace(one, entry=first.entry + one.entry, events=first.events + one.events)
    return first
