"""The stored notification: what is known of its alerts, what was told, and where it is shown.

An alert's state is four maxima, so that records may come twice and in any order: S the latest start seen firing, E
the latest end seen resolved, OF and OR the latest observation of each. It fires iff S > E or OF > OR. What was told
of it is a copy of the four: everything untold follows from comparing the two.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import IntEnum, StrEnum

from router.core.match.labels import Labels
from router.core.model.alert import Alert, Fingerprint, Links, Status
from router.core.model.instant import NEVER, Instant
from router.core.model.key import GroupKey


class Phase(StrEnum):
    """What is being done with a notification (the first field of its life; the second is its place)."""

    IDLE = "idle"
    WAITING = "waiting"
    QUEUED = "queued"
    SENDING = "sending"
    PARKED = "parked"


class Reason(StrEnum):
    """Why a notification is told."""

    FIRST = "first"
    NEW_ALERTS = "new_alerts"
    ALL_RESOLVED = "all_resolved"
    SOME_RESOLVED = "some_resolved"
    STALE = "stale"
    MOVED = "moved"
    REPEAT = "repeat"
    REFRESH = "refresh"


class Rank(IntEnum):
    """The order within a lane; age decides between equals."""

    URGENT = 0
    NORMAL = 1
    REPLY = 2


class ToldAs(StrEnum):
    """What the channel was last shown of an alert, in the message that is open now."""

    NOTHING = "n"
    FIRING = "f"
    RESOLVED = "r"
    STALE = "s"
    MOVED = "m"
    """It fires, and a newer configuration tells it elsewhere."""

    @property
    def is_given_up(self) -> bool:
        """Whether it counts as firing here no more until it is seen firing again."""
        return self in {ToldAs.STALE, ToldAs.MOVED}


class Op(StrEnum):
    """One way to call Slack for a notification."""

    POST = "post"
    EDIT = "edit"
    REPLY_ALOUD = "reply_aloud"
    REPLY_PLAIN = "reply_plain"

    @property
    def method(self) -> "Method":
        """The budget the call draws on."""
        return Method.UPDATE if self is Op.EDIT else Method.POST

    @property
    def is_reply(self) -> bool:
        """Whether the call answers in the thread of the message."""
        return self in {Op.REPLY_ALOUD, Op.REPLY_PLAIN}


class Method(StrEnum):
    """The Slack methods that have budgets, named as in the keys of Redis."""

    POST = "post"
    UPDATE = "update"


@dataclass(frozen=True, slots=True)
class Registers:
    """The four maxima of one alert: start, end, last seen firing, last seen resolved."""

    start: Instant = NEVER
    end: Instant = NEVER
    seen_firing: Instant = NEVER
    seen_resolved: Instant = NEVER

    @property
    def firing(self) -> bool:
        """The rule: a start after every end, or a firing observation after every resolved one."""
        return self.start > self.end or self.seen_firing > self.seen_resolved

    def observe(self, alert: Alert, observed: Instant) -> "Registers":
        """The maxima with one more observation."""
        if alert.status is Status.FIRING:
            return replace(self, start=max(self.start, alert.starts_at), seen_firing=max(self.seen_firing, observed))
        return replace(self, end=max(self.end, alert.ends_at), seen_resolved=max(self.seen_resolved, observed))

    def fired_since(self, told: "Registers") -> bool:
        """Whether a firing was seen that `told` does not cover."""
        return self.start > told.end or self.seen_firing > told.seen_resolved

    def ended_since(self, told: "Registers") -> bool:
        """Whether the firing that `told` shows has ended, also if it fires again by now."""
        newer = self.end > told.end or self.seen_resolved > told.seen_resolved
        return newer and self.end >= told.start


@dataclass(frozen=True, slots=True)
class Told:
    """What was told of an alert, and the registers it was told for."""

    told_as: ToldAs = ToldAs.NOTHING
    at: Registers = Registers()


@dataclass(frozen=True, slots=True)
class Content:
    """What an alert says, from its newest observation."""

    labels: Labels
    annotations: Labels
    generator_url: str
    seen: Instant
    group_labels: Labels | None = None
    """As its sender grouped it, for a configuration that groups otherwise; None where it came without a group."""
    links: Links = field(default_factory=dict)
    """As in `Alert`."""


@dataclass(frozen=True, slots=True)
class AlertState:
    """One alert of one notification.

    `since` is the first observation that nobody was told of; `sender_group` where it was last sent from;
    `unsaid` what a reply in the thread has still to say of it.
    """

    registers: Registers = Registers()
    told: Told = Told()
    since: Instant = NEVER
    sender_group: str = ""
    unsaid: ToldAs = ToldAs.NOTHING
    content: Content | None = None

    @property
    def firing(self) -> bool:
        """Whether it fires, by what was observed."""
        return self.registers.firing

    @property
    def pending(self) -> bool:
        """Whether what was observed differs from what was told. Never falls by folding."""
        match self.told.told_as:
            case ToldAs.NOTHING | ToldAs.RESOLVED:
                return self.registers.fired_since(self.told.at)
            case ToldAs.FIRING:
                return self.registers.ended_since(self.told.at)
            case ToldAs.STALE:
                return self._observed_again or self.registers.ended_since(self.told.at)
            case ToldAs.MOVED:
                return self._observed_again

    @property
    def _observed_again(self) -> bool:
        return self.registers.seen_firing > self.told.at.seen_firing

    @property
    def shown_firing(self) -> bool:
        """Whether the truth to show is "firing": it fires and was not given up."""
        return self.firing and (not self.told.told_as.is_given_up or self.pending)

    @property
    def in_message(self) -> bool:
        """Whether the open message shows it: it was told there, or has still to be."""
        return self.told.told_as is not ToldAs.NOTHING or self.pending


@dataclass(frozen=True, slots=True)
class Place:
    """Where a notification is shown: a channel ID and the `ts` of its message there."""

    channel: str
    ts: str


@dataclass(frozen=True, slots=True)
class Say:
    """The reply that the last edits call for, and what makes it more than news: a reopening, a worse severity."""

    op: Op
    reason: Reason
    reopens: bool = False
    escalates: bool = False


@dataclass(frozen=True, slots=True)
class Sender:
    """What a sender's group told last, as far as it is needed to notice alerts that it no longer sends.

    `newest` is its newest full body. `lacking_since` is the body since which something may be missing, and `look_at`
    when that is looked into; both NEVER while nothing is.
    """

    newest: Instant
    lacking_since: Instant = NEVER
    look_at: Instant = NEVER


@dataclass(frozen=True, slots=True)
class Lane:
    """A queue within a tenant: what waits for the same budget of the same channel."""

    channel: str
    method: Method

    def __str__(self) -> str:
        """The lane's name in keys; channels hold no colon."""
        return f"{self.channel}:{self.method}"


@dataclass(frozen=True, slots=True)
class Delivery:
    """One call in flight; stored before the call, so that nobody else makes it until the lease has lapsed."""

    delivery_id: str
    op: Op
    reason: Reason
    lane: Lane
    until: Instant


@dataclass(frozen=True, slots=True)
class Notification:
    """The whole state of one notification, or of the part of its alerts that was loaded.

    `firing` and `pending` count over all alerts, loaded or not. `due` is when it is looked at next (NEVER: not, or in
    a lane); `lane`, `rank` and `queued_since` say where it queues. `say` is the reply that is still to be said.
    `waited` is set once our limits made it wait; `owed` once a message must be shown although nothing is pending (a
    post that may or may not be there, a message that is gone); `plain` asks for the message that Slack cannot refuse.
    """

    key: GroupKey
    rev: int = 0
    phase: Phase = Phase.IDLE
    due: Instant = NEVER
    lane: Lane | None = None
    rank: Rank = Rank.NORMAL
    queued_since: Instant = NEVER
    place: Place | None = None
    delivery: Delivery | None = None
    told_at: Instant = NEVER
    told_reason: Reason | None = None
    say: Say | None = None
    parked: str = ""
    attempts: int = 0
    sends: int = 0
    reopened: int = 0
    worst_told: int | None = None
    waited: bool = False
    owed: bool = False
    plain: bool = False
    config_version: int = 0
    firing: int = 0
    pending: int = 0
    contents: int = 0
    senders: Mapping[str, Sender] = field(default_factory=dict)
    alerts: Mapping[Fingerprint, AlertState] = field(default_factory=dict)

    @property
    def closed(self) -> bool:
        """Nothing fires, nothing is untold, nothing is being done."""
        return self.phase is Phase.IDLE and not self.firing and not self.pending and self.say is None
