"""What is told to other programs on `alerts.events`: one event for each end of a handling."""

from dataclasses import dataclass
from enum import StrEnum

from router.core.model.group import Place
from router.core.model.instant import NEVER, Instant


class EventKind(StrEnum):
    """The names that readers of `alerts.events` rely on."""

    DELIVERED = "notification_delivered"
    SUPPRESSED = "notification_suppressed"
    PARKED = "notification_parked"


@dataclass(frozen=True, slots=True)
class Event:
    """One event; tenant, notification and sequence are added where it is stored.

    `told` counts the changes that it covers; `outcome` is the call made, or why none was.
    """

    kind: EventKind
    reason: str
    outcome: str
    told: int = 0
    place: Place | None = None
    attempts: int = 0
    received_at: Instant = NEVER
    decided_at: Instant = NEVER
    delivered_at: Instant = NEVER
