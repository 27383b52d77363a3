"""What an event notes of how fast something was shown."""

from dataclasses import dataclass
from enum import StrEnum

from router.core.model.event import Numbered
from router.core.model.instant import Instant, Span
from router.core.model.key import GroupId
from router.core.model.rules.names import ReceiverName


class Counts(StrEnum):
    """What an event is to the SLO."""

    MEASURED = "measured"
    UNMEASURED = "unmeasured"
    """Something due was shown, and nobody knows since when it was due."""
    IN_DIGEST = "in_digest"
    """Shown by a digest, which has a pace of its own."""
    OTHER = "other"
    """Nothing that was due was shown."""


class Cause(StrEnum):
    """What took most of the time that is ours."""

    WORKER = "worker"
    """Until a worker made the call: too few of them, or an engine that was slow."""
    FAILED_CALLS = "failed_calls"
    """Calls before the one that was accepted."""
    SLACK = "slack"
    """The call itself, until its answer was stored."""


@dataclass(frozen=True, slots=True)
class Measured:
    """A notification that was due and is shown; `imposed` is for how long of that budgets kept it waiting."""

    group: GroupId
    receiver: ReceiverName
    reason: str
    notification: str
    due_at: Instant
    decided_at: Instant
    delivered_at: Instant
    imposed: Span
    attempts: int = 1

    @property
    def own(self) -> Span:
        """How long it took, budgets aside."""
        return Span(max(0, self.delivered_at - self.due_at - self.imposed))

    @property
    def cause(self) -> Cause:
        """What took most of it."""
        if self.attempts > 1:
            return Cause.FAILED_CALLS
        called = self.delivered_at - self.decided_at
        return Cause.SLACK if called > self.own - called else Cause.WORKER


@dataclass(frozen=True, slots=True)
class Noted:
    """One event of a tenant's alert groups; `measured` is there where that is what it counts as."""

    at: Instant
    counts: Counts
    numbered: Numbered | None = None
    measured: Measured | None = None
