"""One transition of an alert group, as a value: what to store, whole or not at all."""

from collections.abc import Mapping, Sequence
from dataclasses import field

from router.core.frozen import frozen
from router.core.model.event import Event
from router.core.model.group import AlertGroup, Row
from router.core.model.instant import NEVER, Instant
from router.core.model.key import GroupId
from router.core.model.ledger import LedgerEntry

NO_ENTRY = LedgerEntry()


@frozen
class Transition:
    """What one transition changes.

    `lane_at` is when the lane that the group enters or leaves may be tried next; NEVER means at once.
    """

    after: AlertGroup
    entry: LedgerEntry = NO_ENTRY
    events: tuple[Event, ...] = ()
    lane_at: Instant = NEVER
    shares: Mapping[GroupId, Sequence[Row]] = field(default_factory=dict)
    """Of a digest: what it counts of these groups from now on; nothing for one that has left it."""
