"""What the control API answers of people whose data is exported or erased, as it is described."""

from pydantic import Field

from router.api.answers import Answer, At, Listed
from router.api.live_answers import MessageAnswer


class ExportedAlert(Answer):
    """An alert, with what its tenant redacts."""

    fingerprint: str
    firing: bool
    starts_at: At | None
    ends_at: At | None
    labels: dict[str, str] | None
    annotations: dict[str, str] | None
    links: dict[str, str] | None


class ExportedGroup(Answer):
    """An alert group that names a person, with all of its alerts."""

    id: str
    receiver: str
    labels: dict[str, str]
    closed: bool
    notified_at: At | None
    message: MessageAnswer | None
    alerts: list[ExportedAlert]


class ExportAnswer(Listed[ExportedGroup]):
    """A page of an export: it may have few rows, or none, and a next page."""

    unreadable: int = Field(description="Alert groups that were passed over, since nobody can read them.")


class PlanAnswer(Answer):
    """What is stored of a person, and how far an erasure has come."""

    plan: str = Field(description="The digest of all of this: an erasure is asked for by it.")
    erasure: str | None = Field(description="The id of the erasure of this person, where one was begun.")
    alert_groups: int = Field(description="Alert groups that hold the person.")
    messages: int = Field(description="Messages of these, and of groups that hold the person's mark by now.")
    known_by: int = Field(description="Alert groups that are known by the value.")


class ErasureAnswer(Answer):
    """The erasure of a person, without what names the person."""

    erasure: str
    mark: str = Field(description="What stands in the place of what named the person.")
    digest: str = Field(description="The keyed digest of the person.")
    begun_at: At | None
    ended_at: At | None = Field(description="When it was certified; null while a step is open.")
    until: At | None = Field(description="Until when ingest hides the person.")


class LeftAnswer(Answer):
    """What is left, and until when at most."""

    kind: str
    why: str
    until: At | None


class ErasureStanding(ErasureAnswer):
    """The same, and what is left to do."""

    steps: dict[str, str] = Field(description="Each step, in their order: `done` or `open`.")
    alert_groups: int = Field(description="Alert groups that hold the person yet.")
    messages: int = Field(description="Messages that are about the person, by the value or by the mark.")
    waiting: list[MessageAnswer] = Field(description="Messages that wait for their edit; the first hundred.")
    stuck: list[MessageAnswer] = Field(description="Messages that Slack edits no more; the first hundred.")
    known_by: int = Field(description="Alert groups that are known by the value.")
    hidden: int = Field(description="Alert groups that were stored without the person.")
    left: list[LeftAnswer]
