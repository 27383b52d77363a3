"""One transition of a notification, as a value: what to store, whole or not at all."""

from dataclasses import dataclass

from router.core.model.event import Event
from router.core.model.group import Notification
from router.core.model.instant import NEVER, Instant
from router.core.model.ledger import Books

NO_BOOKS = Books()


@dataclass(frozen=True, slots=True)
class Step:
    """What one transition changes.

    `lane_at` is when the lane that the notification enters or leaves may be tried next; NEVER means at once.
    """

    after: Notification
    books: Books = NO_BOOKS
    events: tuple[Event, ...] = ()
    lane_at: Instant = NEVER
