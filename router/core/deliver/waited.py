"""For how long what a call shows has waited, and for whose sake: the tenant's rules, budgets, or ours."""

from dataclasses import dataclass

from router.core.deliver.claim import Claim
from router.core.model.changed import replace
from router.core.model.event import Event, EventKind
from router.core.model.instant import NEVER, Instant, Span
from router.core.model.phase import tries_of
from router.core.model.transition import Transition


@dataclass(frozen=True, slots=True)
class Waited:
    """From the first change that a call shows, as received, until the call was begun.

    `total` is the sum of what the tenant's own rules ask for, what budgets imposed, and what is left, which is ours.
    """

    total: Span
    asked: Span
    budget: Span
    own: Span


def waited(made: Claim, due: Instant, budget: Span) -> Waited:
    """The waits of a call that shows what was due then (NEVER: nothing new), and had waited so long for budgets."""
    group = made.snapshot
    since = group.oldest_pending or tries_of(group.phase).since or made.claimed_at
    total = Span(max(0, made.claimed_at - since))
    asked = Span(0 if due == NEVER else min(total, max(0, due - since)))
    imposed = Span(min(budget, total - asked))
    return Waited(total, asked, imposed, Span(total - asked - imposed))


def with_waits(settled: Transition, made: Claim, due: Instant, budget: Span) -> Transition:
    """The transition of a call, its event with since when what it shows was due, and what budgets imposed.

    Without either where nothing new was due, and where the call has not shown it.
    """
    if due == NEVER or not made.notification.op.shows_group:
        return settled
    waits = waited(made, due, budget)
    since = Instant(made.claimed_at - waits.own - waits.budget)

    def noted(event: Event) -> Event:
        is_sent = event.kind is EventKind.SENT
        return replace(event, due_at=since, imposed=waits.budget) if is_sent else event

    return replace(settled, events=tuple(map(noted, settled.events)))
