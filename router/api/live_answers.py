"""What the control API answers of alert groups, alerts and dead letters, as it is described."""

from typing import Any

from pydantic import Field

from router.api.answers import Answer, At, Listed


class MessageAnswer(Answer):
    """Where a message is in Slack."""

    channel: str
    ts: str


class GroupAnswer(Answer):
    """How an alert group stands."""

    group: str
    receiver: str
    channel: str | None
    group_labels: dict[str, str]
    digest: bool
    phase: str
    why: str | None
    due: At | None
    firing: int
    unreported: int
    pending: int
    since: At | None
    notified_at: At | None
    message: MessageAnswer | None
    shown_by: str | None
    reopened: bool


class AlertAnswer(Answer):
    """An alert of a group."""

    labels: dict[str, str] | None
    status: str
    shown: str | None
    pending: bool
    starts_at: At | None
    ends_at: At | None
    last_seen: At | None


class WholeGroup(GroupAnswer):
    """The same, with its alerts; `alerts_besides` counts those that are too many."""

    alerts: list[AlertAnswer]
    alerts_besides: int


class RouteAnswer(Answer):
    """A route that was tried, and those below it."""

    matchers: list[str]
    failed: str | None
    receiver: str | None
    routes: list["RouteAnswer"]


class CallReason(Answer):
    """A call to Slack, and why it is made."""

    op: str
    reason: str


class MutedAnswer(Answer):
    """By what an alert is held back."""

    by: str
    name: str
    until: At | None
    author: str | None
    comment: str | None


class RelatedGroup(Answer):
    """Another group with the same label."""

    name: str
    firing: int


class RelatedAnswer(Answer):
    """What else fires with the same value of a label."""

    label: str
    value: str
    firing: int
    groups: list[RelatedGroup]


class EpisodeAnswer(Answer):
    """When it fired before."""

    start: At | None
    end: At | None


class PlaceAnswer(Answer):
    """A group that an alert is in, where it is shown, and what comes next."""

    group: str
    group_labels: dict[str, str]
    receiver: str
    channel: str | None
    locale: str
    mention: list[str]
    message: MessageAnswer | None
    calls: list[CallReason]
    group_wait_ms: int
    group_interval_ms: int
    repeat_interval_ms: int
    no_chart: str | None
    related: list[RelatedAnswer]
    episodes: list[EpisodeAnswer]
    outcome: str
    reason: str | None
    held_by: MutedAnswer | None
    muted_upstream: MutedAnswer | None
    until: At | None
    unreported_since: At | None
    notified_at: At | None
    repeat_at: At | None
    stale_at: At | None


class UnkeptGroup(Answer):
    """A group whose alerts' labels are not kept."""

    group: str
    group_labels: dict[str, str]
    receiver: str
    alerts: int


class ExplanationAnswer(Answer):
    """Why an alert is notified or not."""

    at: At
    source: str
    labels: dict[str, str]
    labels_kept: bool
    status: str
    last_record: At | None
    suspended_since: At | None
    on_hold_since: At | None
    dead_letter: str | None
    routes: RouteAnswer | None
    notifications_per_minute: float
    notifications_burst: int
    groups: list[PlaceAnswer]
    labels_not_kept: list[UnkeptGroup]
    text: str = Field(default="", description="The same in words, of alerts as they stand now.")


class CallAnswer(Answer):
    """A call to Slack as it would be made."""

    at: At
    webhook: int
    receiver: str
    locale: str
    reason: str
    method: str
    arguments: dict[str, Any]


class PlaceOfRecord(Answer):
    """Where a record stood in Kafka."""

    topic: str
    partition: int
    offset: int


class LetterAnswer(Answer):
    """A dead letter."""

    id: str
    tenant: str | None = Field(description="Whose it is, or whose it calls itself.")
    reason: str
    stage: str
    origin: PlaceOfRecord
    observed_at: At | None
    dead_lettered_at: At | None
    redriven_at: At | None


class LettersAnswer(Listed[LetterAnswer]):
    """A page of dead letters, and how many older ones there are."""

    besides: int


class HeaderAnswer(Answer):
    """A header of a record."""

    name: str
    value: str


class ShownLetter(LetterAnswer):
    """A dead letter without what its tenant redacts; `body_hidden` is why its body is not shown."""

    error: str
    key: str
    headers: list[HeaderAnswer]
    whole: bool
    bytes: int
    body: str | None
    body_hidden: str | None


class RedrivenAnswer(Answer):
    """What became of a dead letter, and why if it was not redriven."""

    id: str
    outcome: str
    detail: str
