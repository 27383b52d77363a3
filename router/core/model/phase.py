"""What is being done with an alert group: one type a phase, with exactly the fields that mean something in it.

| from | when | to |
|---|---|---|
| Idle | a change was folded | Waiting: `group_wait` for a new message, else until `group_interval` has passed |
| Idle, Waiting, Parked, Held | due, something to notify | Queued: in its next call's lane, as old as its change |
| Idle, Waiting, Queued, Parked | due or at the head, all is held back | Held: by what, and until when |
| Held | a change was folded | Waiting: decided again once its next notification is allowed |
| Idle, Waiting, Parked, Held | due, nothing to notify | Idle: until its next timer (repeat, stale, missing) |
| Queued | at the head, nothing left to notify | Idle |
| Queued | at the head, the next call is of another kind | Queued: in that call's lane, as old as it was |
| Queued | at the head, edits run short and it was edited a moment ago | Waiting: for up to four intervals |
| Queued | at the head, turn and budget granted | Sending: the lease is stored before the call |
| Queued | more wait than the digest's threshold | Queued: in the queue of the digest, which shows them together |
| Queued | shown by its digest | Idle: until its next timer; Waiting where it has changed meanwhile |
| Queued | at the head, no token or a dead one | Parked: with the reason |
| Sending, Uncertain | accepted, nothing left | Idle: what was shown, books and event are stored with it |
| Sending, Uncertain | accepted, changed meanwhile | Waiting: until `group_interval` has passed |
| Sending, Uncertain | accepted, a reply is pending | Queued: behind all messages of its lane |
| Sending, Uncertain | limited, unreached, or refused | Queued: as old as it was; refused: simpler each time |
| Sending | edit ambiguous, lapsed or unreached | Waiting: made again after 1 s, then 2 s, 4 s, ... a minute |
| Sending | post or broadcast ambiguous or lapsed | Uncertain: for a moment, then Slack is asked |
| Uncertain | due, Slack is asked | Uncertain: until it has answered |
| Uncertain | found in Slack | Idle: as if it had been accepted |
| Uncertain | not found, or Slack cannot be asked | Waiting: made again at once, a possible repeat |
| Sending | thread reply ambiguous or lapsed, nothing pending | Idle: never repeated |
| Sending | thread reply ambiguous or lapsed, something pending | Waiting: until `group_interval` has passed |
| Sending | reply accepted without its thread, alerts fire | Waiting: the message is gone, a new one follows |
| Sending, Uncertain | not made, and nothing is left to show | Idle |
| Sending | not begun: nobody knows whether its claim was stored | Queued: as it was |
| Sending | edit refused, the message stands | Queued: a broadcast in its place; so are later changes |
| Sending | broadcast in its place refused for good | Queued: a new message |
| Sending | reply refused for good, nothing pending | Idle: without it |
| Sending | message gone, alerts fire | Queued: a new message |
| Sending | message gone, nothing fires | Idle: suppressed |
| Sending, Uncertain | refused as plain text, channel or token dead | Parked: with the reason |
| Idle, Waiting, Queued, Parked, Held | alerts left for another group | Waiting: at once, for the edit that shows it |
| Idle | a chart has come that its message lacks | Waiting: at once, for an edit of its own, or none |
| Idle, Waiting, Held | an answer came after its lease was lost | Waiting: at once, so that the newest is shown last |

`docs/architecture.md` draws its picture from this table, and a test checks each of its rows.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from router.core.model.changed import replace
from router.core.model.instant import NEVER, Instant
from router.core.model.muted import Muted
from router.core.model.operation import Lane, Op, Reason


class Rank(IntEnum):
    """The order within a lane; age decides between equals."""

    URGENT = 0
    NORMAL = 1
    REPLY = 2


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to make one call until `until`, stored before the call; nobody else makes it meanwhile."""

    delivery_id: str
    op: Op
    reason: Reason
    until: Instant


@dataclass(frozen=True, slots=True)
class Tries:
    """What a group remembers from its first place in a lane until a call succeeds.

    `since` is how old it is there (NEVER: it has not queued yet), `failed` counts calls in a row that did not
    succeed, `parked_for` is the reason it was last parked for, so that it is not reported at every try.
    """

    since: Instant = NEVER
    failed: int = 0
    parked_for: str = ""


NO_TRIES: Final = Tries()


@dataclass(frozen=True, slots=True)
class Idle:
    """Nothing to do until a timer; NEVER where there is none."""

    look_at: Instant = NEVER

    @property
    def due(self) -> Instant:
        """When it is looked at next."""
        return self.look_at


UNTOUCHED: Final = Idle()


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something to notify, and not yet time for it; or to be made again, after a call that failed."""

    until: Instant
    tries: Tries = NO_TRIES

    @property
    def due(self) -> Instant:
        """When it is looked at next."""
        return self.until


@dataclass(frozen=True, slots=True)
class Queued:
    """In a lane until it is its turn and the budget allows."""

    lane: Lane
    rank: Rank
    tries: Tries

    @property
    def due(self) -> Instant:
        """Never: its lane is looked at."""
        return NEVER


@dataclass(frozen=True, slots=True)
class Sending:
    """One call in flight, which came out of `lane`."""

    lease: Lease
    lane: Lane
    tries: Tries

    @property
    def due(self) -> Instant:
        """When the lease lapses."""
        return self.lease.until


@dataclass(frozen=True, slots=True)
class Uncertain:
    """A call out of `lane` that was made, or was not: from `until` on Slack is asked for what it would have left."""

    lease: Lease
    lane: Lane
    until: Instant
    tries: Tries
    unanswered_since: Instant = NEVER
    """When Slack was first asked and did not answer; NEVER: it was not asked yet, or nobody could ask."""

    @property
    def due(self) -> Instant:
        """When Slack is asked, or asked again."""
        return self.until


@dataclass(frozen=True, slots=True)
class Parked:
    """Set aside with a reason that a person must see to; tried again at `until`. It goes on folding."""

    reason: str
    until: Instant
    tries: Tries

    @property
    def due(self) -> Instant:
        """When it is tried again."""
        return self.until


@dataclass(frozen=True, slots=True)
class Held:
    """All that is left to notify is held back, by `muted` and perhaps by more; decided again at `until`.

    It is woken before by a change that is folded, by another set of silences and by a new configuration.
    """

    muted: Muted
    until: Instant
    tries: Tries = NO_TRIES

    @property
    def due(self) -> Instant:
        """When it is decided again."""
        return self.until


Phase = Idle | Waiting | Queued | Sending | Uncertain | Parked | Held


def tries_of(phase: Phase) -> Tries:
    """What the group remembers of its tries, as its next phase takes it over."""
    match phase:
        case Idle():
            return NO_TRIES
        case Parked(reason=reason, tries=tries):
            return replace(tries, parked_for=reason)
        case (
            Waiting(tries=tries)
            | Queued(tries=tries)
            | Sending(tries=tries)
            | Uncertain(tries=tries)
            | Held(tries=tries)
        ):
            return tries


def failed_once_more(phase: Phase) -> Tries:
    """The same after one more call that did not succeed."""
    tries = tries_of(phase)
    return replace(tries, failed=tries.failed + 1)
