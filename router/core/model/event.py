"""What other programs read on `alerts.events`: one event for each outcome."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from router.core.model.alert import AlertId
from router.core.model.alert_state import LastShown, ShownState
from router.core.model.group import NO_SPAN, AlertGroup, Digest, MessageRef
from router.core.model.instant import NEVER, Instant, Span
from router.core.model.key import GroupId, GroupKey


class EventKind(StrEnum):
    """The names that readers of `alerts.events` rely on."""

    SENT = "notification_sent"
    SUPPRESSED = "notification_suppressed"
    PARKED = "group_parked"
    HELD = "group_held"
    """All that is left to notify of it is silenced, inhibited or outside its times."""
    SENDING_HELD = "sending_held"
    """Of a whole tenant, as the next one; there is no group then."""
    SENDING_RELEASED = "sending_released"
    DEAD_LETTERED = "record_dead_lettered"
    """Of no alert group: a record was set aside."""


REPLY_REFUSED: Final = "reply_refused"
"""Why a reply was suppressed: Slack never takes it. It is not in the books: the message shows what it is about."""

MAX_SHOWN: Final = 500
"""Alerts of which an event notes what was shown: of more, those that fire come first."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A message as a call has left it: enough to go on with it where the group itself is lost.

    `worst` is the rank of the worst severity that it ever showed; `left_out` counts alerts beyond `MAX_SHOWN`.
    """

    key: GroupKey
    alerts: Mapping[AlertId, LastShown]
    left_out: int = 0
    reopened: int = 0
    worst: int | None = None
    takes_no_edits: bool = False

    @classmethod
    def of(cls, group: AlertGroup) -> "Shown":
        """What the message of a group shows."""
        alerts = [(one, alert.last_shown) for one, alert in group.alerts.items()]
        shown = [pair for pair in alerts if pair[1].state is not ShownState.NOTHING]
        if len(shown) > MAX_SHOWN:
            shown.sort(key=lambda pair: (not pair[1].state.is_open, -pair[1].registers.last_seen))
        return cls(
            key=group.key,
            alerts=dict(shown[:MAX_SHOWN]),
            left_out=max(0, len(shown) - MAX_SHOWN),
            reopened=group.reopened,
            worst=group.worst_shown,
            takes_no_edits=group.takes_no_edits,
        )


@dataclass(frozen=True, slots=True)
class CountedBy:
    """The digest whose message shows a group, and in which of its lives."""

    digest: GroupId
    life: int


@dataclass(frozen=True, slots=True, order=True)
class Numbered:
    """Which of its tenant's events one is, without a gap from 1 on, and when that counting began: its life."""

    life: Instant
    number: int


@dataclass(frozen=True, slots=True)
class Event:
    """One event; tenant, group and sequence are added where it is stored.

    `outcome` is the call made, or why none was; `notification` the id of that call, "" for none; `notified` counts
    the changes that it covers; `shown` is there for calls after which the message shows something else.
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
    due_at: Instant = NEVER
    """Of what was due by the tenant's own rules: since when. NEVER also where that is not known."""
    imposed: Span = NO_SPAN
    """For how long of the time since then budgets kept the call waiting."""
    shown: Shown | None = None
    digest: Digest | None = None
    """What a digest shows after the call."""
    counted_by: CountedBy | None = None
    """Of a group that a digest shows."""
