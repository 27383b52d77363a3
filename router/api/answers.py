"""What the control API answers, as it is described: a key that is not described here is left out."""

from typing import Annotated, Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field, model_validator

from router.api.described import leave_out

Row = TypeVar("Row")

At = Annotated[str, Field(json_schema_extra={"format": "date-time"})]
"""A time: RFC 3339 in UTC."""


def answered(model: Any) -> dict[str, Any]:  # noqa: ANN401 - as FastAPI has it
    """What a route answers, for its decorator: what a row leaves out stays left out."""
    return {"response_model": model, "response_model_exclude_unset": True}


class Answer(BaseModel):
    """An answer, or a part of one. What has a default may be left out; what is not described is."""

    @model_validator(mode="before")
    @classmethod
    def _described(cls, found: object) -> object:
        if isinstance(found, dict):
            known = {field.alias or name for name, field in cls.model_fields.items()}
            leave_out(cls.__name__, found.keys() - known)
        return found


class Items(Answer, Generic[Row]):
    """All rows of a list."""

    items: list[Row]


class Listed(Items[Row], Generic[Row]):
    """A page of a list."""

    next: str = Field(default="", description="The `cursor` of the next page; absent on the last one.")


class TenantAnswer(Answer):
    """How a tenant stands in the record."""

    tenant: str
    state: str
    version: int | None = Field(description="The active version.")
    in_force: bool = Field(description="Whether gateways and workers have it.")


class ListedTenant(TenantAnswer):
    """The same, and since when nothing is sent for it."""

    suspended_since: At | None = None


class TenantsAnswer(Listed[ListedTenant]):
    """A page of tenants, and since when nothing is sent for anybody."""

    held_since: At | None = None


class VersionAnswer(Answer):
    """A version of a configuration, or of the access document."""

    version: int
    active: bool
    applied_at: At | None
    digest: str
    author: str
    login: str
    source: str
    source_ref: str
    message: str
    part: str
    summary: str


class ChangeAnswer(Answer):
    """What a change changes, and whether it was made."""

    tenant: str
    before: int | None
    version: int
    changed: bool
    stored: bool
    part: str
    summary: str
    diff: str
    moving_messages: int
    lowered: list[str]


class ProposedChange(ChangeAnswer):
    """A change that waits for a second person."""

    proposal: int


class DifferenceAnswer(Answer):
    """What one version has otherwise than another."""

    before: int = Field(alias="from")
    after: int = Field(alias="to")
    part: str | None
    changes: list[str]
    diff: str


class MistakeAnswer(Answer):
    """Something in a document, and where it stands."""

    message: str
    remedy: str = ""
    file: str = ""
    line: int = 0
    column: int = 0


class AccessChange(Answer):
    """What a change of the access document changes, and whether it was made."""

    before: int | None
    version: int
    changed: bool
    stored: bool
    summary: str
    diff: str
    warnings: list[MistakeAnswer]


class ProposedAccessChange(AccessChange):
    """A change that waits for a second person."""

    proposal: int


class AccessProposal(Answer):
    """A change of the access document that was proposed."""

    number: int
    state: str
    base: int | None
    summary: str
    author: str
    login: str
    source: str
    message: str
    created_at: At | None
    expires_at: At | None
    decided_by: str
    decided_at: At | None


class WholeAccessProposal(AccessProposal):
    """The same, with its text."""

    diff: str
    document: str


class ProposalAnswer(AccessProposal):
    """A change of the operator's part that was proposed."""

    tenant: str
    part: str


class WholeProposal(ProposalAnswer):
    """The same, with its text."""

    diff: str
    document: str


class DecidedAnswer(Answer):
    """What became of a proposal; of which `version`, where it took effect."""

    number: int
    state: str
    tenant: str = ""
    version: int = 0


class TokenAnswer(Answer):
    """A sender's token."""

    id: str
    created_at: At | None
    last_used_at: At | None
    untrusted: str | None


class NewToken(Answer):
    """A token, this once."""

    tenant: str
    id: str
    token: str


class SecretAnswer(Answer):
    """A secret's name."""

    name: str


class KeyAnswer(Answer):
    """An API key."""

    id: str
    tenant: str | None
    name: str
    role: str
    networks: list[str]
    maker: str
    created_at: At | None
    expires_at: At | None


class NewKey(KeyAnswer):
    """An API key, this once."""

    key: str


class SilenceAnswer(Answer):
    """A silence; of its sets of matchers one suffices."""

    id: str
    matcher_sets: list[list[str]]
    starts_at: At | None
    ends_at: At | None
    author: str
    comment: str


class ListedSilence(SilenceAnswer):
    """The same, and how it stands."""

    state: str


class UseAnswer(Answer):
    """How much of something is used, and the most that may be."""

    name: str
    used: int
    limit: int
    beyond: str = Field(description="What happens to more.")
    raised_by: str = Field(description="The key of the tenant's file that has the limit; empty for a fixed one.")


class IsolationAnswer(Answer):
    """How far a tenant is kept apart."""

    level: str
    data: str
    budget: str
    keys: str
    topic: str
    workers: str
    pool: str
    store: str
    region: str
    shard: int | None = Field(description="How many partitions its file leaves it; null: all.")


class EntryAnswer(BaseModel):
    """An entry of the audit log, as it was written: what of it is empty does not stand there."""

    model_config = ConfigDict(extra="allow")

    seq: int
    time: At
    id: str
    action: str
    outcome: str
    actor: dict[str, Any]
    decision: dict[str, Any]
