"""Since when groups are due, and when budgets kept their calls waiting, as far as this worker has seen it."""

from typing import Final, TypeVar

from router.core.budget.waited import Stretch, waited
from router.core.deliver.due_since import due_by_timing, due_since
from router.core.model.alert import TenantId
from router.core.model.event import EventKind
from router.core.model.group import AlertGroup
from router.core.model.instant import NEVER, Instant, Span
from router.core.model.key import GroupId
from router.core.model.operation import Lane
from router.core.model.phase import tries_of
from router.core.model.rules.route import Timing
from router.core.model.transition import Transition

KEPT: Final = 100_000
"""Groups that are due and are remembered; and as many lanes and groups that had to wait."""
STRETCHES: Final = 64
"""How often one of them had to wait; of more the latest are remembered."""

K = TypeVar("K")
V = TypeVar("V")


class Waits:
    """What is remembered of all tenants; what another worker has seen is not known here."""

    def __init__(self) -> None:
        self._due: dict[tuple[TenantId, GroupId], Instant] = {}
        self._refused: dict[tuple[TenantId, Lane | GroupId], list[Stretch]] = {}

    def note(self, tenant: TenantId, before: AlertGroup, made: Transition, timing: Timing, now: Instant) -> None:
        """A transition was stored: the group is due, or not any more."""
        place = (tenant, made.after.key.group_id)
        known = self._due.pop(place, NEVER)
        if any(event.kind is EventKind.SENT for event in made.events):
            known = NEVER
        due = due_since(before, made.after, known, timing, now)
        if due != NEVER:
            _put(self._due, place, due)

    def refused(self, tenant: TenantId, what: Lane | GroupId, since: Instant, until: Instant) -> None:
        """A lane, or a group out of its lane, has no budget until then."""
        stretches = self._refused.pop((tenant, what), [])
        _put(self._refused, (tenant, what), [*stretches[1 - STRETCHES :], (since, until)])

    def of(
        self, tenant: TenantId, group: AlertGroup, lane: Lane, timing: Timing, now: Instant
    ) -> tuple[Instant, Span]:
        """Since when a group that is called now is due, NEVER for nothing new; how much of it budgets imposed."""
        known = self._due.get((tenant, group.key.group_id), NEVER)
        due = known if known != NEVER else due_by_timing(group, timing, now)
        since = due if due != NEVER else tries_of(group.phase).since or now
        places = (lane, group.key.group_id)
        return due, waited(since, now, (one for what in places for one in self._refused.get((tenant, what), ())))


def _put(kept: dict[K, V], key: K, value: V) -> None:
    kept[key] = value
    if len(kept) > KEPT:
        del kept[next(iter(kept))]
