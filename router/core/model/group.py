"""The stored alert group: its alerts, where it is shown, what is being done with it, and its counts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, NamedTuple

from router.core.frozen import frozen
from router.core.model.alert import AlertId
from router.core.model.alert_state import AlertState, ShownState
from router.core.model.changed import replace
from router.core.model.instant import NEVER, Instant, Span, earliest
from router.core.model.key import GroupId, GroupKey
from router.core.model.muted import NOTHING_LEFT_OUT, LeftOut
from router.core.model.operation import Lane, Op, Reason
from router.core.model.phase import UNTOUCHED, Idle, Phase, Sending, Uncertain


@dataclass(frozen=True, slots=True)
class MessageRef:
    """Where a group is shown: a channel ID and the `ts` of its message there."""

    channel: str
    ts: str


@dataclass(frozen=True, slots=True)
class DigestRef:
    """Where a group is shown that has no message of its own: counted with others, in this digest."""

    digest: GroupId


NO_SPAN: Final = Span(0)


class Row(NamedTuple):
    """The alerts of one name and severity in a digest; `newest` is the latest start of any of them.

    Names and severities are as sent; both are "" for what is beyond the names that a digest tells apart.
    """

    name: str
    severity: str
    newest: Instant
    firing: int = 0
    resolved: int = 0
    stale: int = 0
    rerouted: int = 0
    unreported: int = 0

    @property
    def total(self) -> int:
        """Alerts in any state."""
        return self.firing + self.resolved + self.stale + self.rerouted + self.unreported


class Announced(StrEnum):
    """What people were last notified of a digest."""

    BEGUN = "begun"
    OVER = "over"


@frozen
class Digest:
    """What a digest counts, and how it goes on; the rest of it is as in any group.

    It absorbs while it has a `lane`: what waits there for a message of its own comes here. `joined` groups have come
    since `counted_from`, or none since it stopped then. `spared` are the critical groups that were left to a message
    of their own, and when. `pace` is the least time between two edits. `life` grows with each message that begins
    again. `groups` is how many it counts, `rows` their alerts, and `criticals` the labels of the groups in which
    critical ones fire, name and value in turn, as far as they are named.
    """

    lane: Lane | None = None
    joined: int = 0
    counted_from: Instant = NEVER
    spared: tuple[tuple[GroupId, Instant], ...] = ()
    pace: Span = NO_SPAN
    life: int = 0
    announced: Announced = Announced.BEGUN
    groups: int = 0
    rows: tuple[Row, ...] = ()
    criticals: tuple[tuple[GroupId, tuple[str, ...]], ...] = ()

    @property
    def firing(self) -> int:
        """Alerts that fire."""
        return sum(row.firing for row in self.rows)

    @property
    def unreported(self) -> int:
        """Alerts that their senders do not report: neither firing nor resolved."""
        return sum(row.unreported for row in self.rows)


@dataclass(frozen=True, slots=True)
class PendingReply:
    """The reply that the last edits call for, and what makes it more than news: a reopening, a worse severity."""

    op: Op
    reason: Reason
    reopens: bool = False
    escalates: bool = False


@dataclass(frozen=True, slots=True)
class Flaps:
    """What tells whether a message flaps: how often it turned lately, between something that fires and nothing.

    `turned_at` is when it was last reopened, or shown as over. `since` is the first of the reopenings by which it
    flaps, NEVER while it does not, and `count` how many there were since, kept until the reply that it is quiet.
    `reopened_at` are the last reopenings, oldest first, as many as the rule counts.
    """

    turned_at: Instant = NEVER
    since: Instant = NEVER
    count: int = 0
    reopened_at: tuple[Instant, ...] = ()

    @property
    def is_on(self) -> bool:
        """Whether it flaps."""
        return self.since != NEVER


NO_FLAPS: Final = Flaps()


@frozen
class SenderGroup:
    """The bodies of one group of a sender, as far as needed to notice alerts that it no longer sends, or left out.

    `newest` is its newest full body. `lacking_since` is the body since which something may be missing, and `look_at`
    when that is looked into; both NEVER while nothing is. `truncated_at` is its newest body if that was truncated,
    else NEVER, and `unsent` how many alerts that left out. `route` is the sender's route, "" when unknown.
    `all_ended_at` is its newest truncated body that says that all alerts have ended. `refused_at` is its newest body
    of which not all alerts were taken, else NEVER, and `refused` how many were not.
    """

    newest: Instant
    lacking_since: Instant = NEVER
    look_at: Instant = NEVER
    truncated_at: Instant = NEVER
    unsent: int = 0
    route: str = ""
    all_ended_at: Instant = NEVER
    refused_at: Instant = NEVER
    refused: int = 0

    @property
    def complete(self) -> "SenderGroup":
        """The same with nothing missing from its full bodies."""
        if self.lacking_since == self.look_at == NEVER:
            return self
        return replace(self, lacking_since=NEVER, look_at=NEVER)


@frozen
class AlertGroup:
    """The whole state of one alert group, or of the part of its alerts that was loaded.

    `firing`, `unreported`, `pending` and `contents` count over all alerts, loaded or not. `sends` counts the calls
    claimed. `was_delayed` is set once our own limits made it wait; `refresh_due` once its message must be shown again
    although nothing is pending (a post that may or may not be there, a message that is gone); `use_plain_text` asks
    for the message that Slack cannot refuse, `without_extras` for one of text alone, without pictures and buttons,
    as long as the message lives. `takes_no_edits` is set where the message is there and Slack edits it no more: what
    changes goes on in its thread. From `refresh_at` on (NEVER: not at all) it is edited once more, since until then
    an edit that nobody could judge may have been carried out. `worst_shown` is the rank of the worst severity its
    message ever showed.
    """

    key: GroupKey
    rev: int = 0
    phase: Phase = UNTOUCHED
    message: MessageRef | DigestRef | None = None
    notified_at: Instant = NEVER
    last_reason: Reason | None = None
    pending_reply: PendingReply | None = None
    sends: int = 0
    reopened: int = 0
    worst_shown: int | None = None
    was_delayed: bool = False
    refresh_due: bool = False
    use_plain_text: bool = False
    without_extras: bool = False
    takes_no_edits: bool = False
    refresh_at: Instant = NEVER
    config_version: int = 0
    firing: int = 0
    pending: int = 0
    contents: int = 0
    senders: Mapping[str, SenderGroup] = field(default_factory=dict)
    alerts: Mapping[AlertId, AlertState] = field(default_factory=dict)
    digest: Digest | None = None
    """Of a digest: it has no alerts, and `firing` and `unreported` are those of the groups that it shows."""
    posted_to: str = ""
    """The channel as its receiver had it when its message was posted; "" where that is not known."""
    unreported: int = 0
    flaps: Flaps = NO_FLAPS
    asked_at: Instant = NEVER
    """When Alertmanager was last asked about it."""
    left_out: LeftOut = NOTHING_LEFT_OUT
    """What its message counts that is held back."""
    chart_due: bool = False
    """Whether its message is edited once for a chart alone; whatever else there is to show takes its place."""

    @property
    def posted(self) -> MessageRef | None:
        """Its own message, if it has one."""
        return self.message if isinstance(self.message, MessageRef) else None

    @property
    def shown_by(self) -> GroupId | None:
        """The digest that shows it, if one does."""
        return self.message.digest if isinstance(self.message, DigestRef) else None

    @property
    def closed(self) -> bool:
        """Nothing fires or may fire, nothing is pending, nothing is being done."""
        return isinstance(self.phase, Idle) and not self.is_open and not self.pending and self.pending_reply is None

    @property
    def is_open(self) -> bool:
        """Whether any alert fires, or may fire though nobody reports it."""
        return self.firing > 0 or self.unreported > 0

    @property
    def has_reported_again(self) -> bool:
        """Whether an edit, if the message takes one, is to show that a loaded alert is reported again."""
        return not self.takes_no_edits and any(alert.reported_again for alert in self.alerts.values())

    @property
    def is_called(self) -> bool:
        """Whether a call is in flight, or may have been made."""
        return isinstance(self.phase, Sending | Uncertain)

    @property
    def oldest_pending(self) -> Instant:
        """The first observation of any loaded alert that is not shown yet; NEVER if none is pending."""
        return earliest(*(alert.pending_since for alert in self.alerts.values() if alert.pending))

    @property
    def alert_name(self) -> str:
        """What a person knows it by: the name that it is grouped by, else that of one of its alerts."""
        labels = [dict(self.key.group), *(alert.content.labels for alert in self.alerts.values() if alert.content)]
        return next((name for one in labels if (name := one.get("alertname", ""))), "")

    @property
    def unsent(self) -> int:
        """How many alerts the newest bodies of its sender groups left out; of a group that is loaded whole."""
        if not any(sender.unsent for sender in self.senders.values()):
            return 0
        present = {alert.sender_group for alert in self.alerts.values()}
        return sum(sender.unsent for name, sender in self.senders.items() if name in present)

    @property
    def refused(self) -> int:
        """How many alerts of the newest bodies were not taken, since the tenant has stored too much.

        Those of its present senders, and of the one heard from last, of which perhaps nothing was taken.
        """
        if not any(sender.refused for sender in self.senders.values()):
            return 0
        heard = {name: max(one.newest, one.truncated_at, one.refused_at) for name, one in self.senders.items()}
        last = max(heard.values(), default=NEVER)
        present = {alert.sender_group for alert in self.alerts.values()}
        counted = present | {name for name, at in heard.items() if at == last}
        return sum(sender.refused for name, sender in self.senders.items() if name in counted)

    @property
    def not_shown(self) -> int:
        """How many alerts may fire that the group knows nothing else of."""
        return self.unsent + self.refused

    @property
    def is_for_a_chart_alone(self) -> bool:
        """Whether its next edit is for a chart alone: as far as is loaded, nothing else is to be shown."""
        nothing = not self.pending and not self.refresh_due and self.pending_reply is None
        return self.chart_due and nothing and self.refresh_at == NEVER

    @property
    def has_rerouted_alerts(self) -> bool:
        """Whether the message shows an alert that another group shows by now."""
        return any(alert.last_shown.state is ShownState.REROUTED for alert in self.alerts.values())
