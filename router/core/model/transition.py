"""One transition of an alert group, as a value: what to store, whole or not at all."""

from dataclasses import dataclass

from router.core.model.event import Event
from router.core.model.group import AlertGroup
from router.core.model.instant import NEVER, Instant
from router.core.model.ledger import LedgerEntry

NO_ENTRY = LedgerEntry()


@dataclass(frozen=True, slots=True)
class Transition:
    """What one transition changes.

    `lane_at` is when the lane that the group enters or leaves may be tried next; NEVER means at once.
    """

    after: AlertGroup
    entry: LedgerEntry = NO_ENTRY
    events: tuple[Event, ...] = ()
    lane_at: Instant = NEVER
