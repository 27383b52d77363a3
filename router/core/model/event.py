"""What other programs read on `alerts.events`: one event for each outcome."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from router.core.model.group import MessageRef
from router.core.model.instant import NEVER, Instant


class EventKind(StrEnum):
    """The names that readers of `alerts.events` rely on."""

    SENT = "notification_sent"
    SUPPRESSED = "notification_suppressed"
    PARKED = "group_parked"


REPLY_REFUSED: Final = "reply_refused"
"""Why a reply was suppressed: Slack never takes it. It is not in the books: the message shows what it is about."""


@dataclass(frozen=True, slots=True)
class Event:
    """One event; tenant, group and sequence are added where it is stored.

    `outcome` is the call made, or why none was; `notification` the id of that call, "" for none; `notified` counts
    the changes that it covers.
    """

    kind: EventKind
    reason: str
    outcome: str
    notification: str = ""
    notified: int = 0
    message: MessageRef | None = None
    attempts: int = 0
    received_at: Instant = NEVER
    decided_at: Instant = NEVER
    delivered_at: Instant = NEVER
