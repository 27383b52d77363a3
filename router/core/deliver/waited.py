"""For how long what a call shows has waited, and for whose sake: the tenant's rules, budgets, or ours."""

from dataclasses import dataclass

from router.core.decide.policy import Policy
from router.core.deliver.claim import Claim
from router.core.model.group import AlertGroup
from router.core.model.instant import NEVER, Instant, Span
from router.core.model.phase import tries_of
from router.core.mute.mute import NO_MUTES


@dataclass(frozen=True, slots=True)
class Waited:
    """From the first change that a call shows, as received, until the call was begun.

    `total` is the sum of what the tenant's route asks for, what budgets imposed, and what is left, which is ours. It
    is not known whose the rest is after a call that failed, and where something may have been held back: None then.
    """

    total: Span
    asked: Span
    budget: Span
    own: Span | None


def waited(made: Claim, policy: Policy, budget: Span) -> Waited:
    """The waits of a call; its lane had waited so long for a budget without a break."""
    group, tries = made.snapshot, tries_of(made.snapshot.phase)
    since = group.oldest_pending or tries.since or made.claimed_at
    total = Span(max(0, made.claimed_at - since))
    asked = Span(min(total, max(0, _allowed(group, policy, since) - since)))
    imposed = Span(min(budget, total - asked))
    is_known = not tries.failed and not tries.parked_for and policy.mutes is NO_MUTES
    return Waited(total, asked, imposed, Span(total - asked - imposed) if is_known else None)


def _allowed(group: AlertGroup, policy: Policy, since: Instant) -> Instant:
    """When the route lets it be notified."""
    timing = policy.timing
    if group.notified_at == NEVER:
        return Instant(since + timing.group_wait)
    return Instant(max(since, group.notified_at + timing.group_interval))
