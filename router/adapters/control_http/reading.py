"""Answers of a control API as values; what it has beyond them is left out."""

import json
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated, Any, TypeVar
from urllib.parse import quote

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from router.adapters.control_http.asking import Answer, ControlServer, Query, Question
from router.control.letters.redrive import Outcome
from router.core.model.instant import NEVER, Instant, from_datetime
from router.core.model.rules.silence import SilenceState
from router.errors import UnavailableError
from router.ports.provenance import Part
from router.ports.signing import Untrusted

Facts = TypeVar("Facts", bound="Read")


def _instant(value: object) -> Instant:
    """A time as the API writes it; null is never."""
    return NEVER if value is None else from_datetime(datetime.fromisoformat(str(value)))


At = Annotated[Instant, BeforeValidator(_instant)]


class Read(BaseModel):
    """What is read of an answer."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class TenantFacts(Read):
    """How a tenant stands; `version` is None for one without a configuration."""

    tenant: str
    version: int | None
    suspended_since: At = NEVER


class VersionFacts(Read):
    """A version of a configuration."""

    version: int
    active: bool
    applied_at: At
    digest: str
    author: str
    login: str = ""
    source: str
    source_ref: str = ""
    message: str
    part: Part
    summary: str = ""


class ChangeFacts(Read):
    """What a change changes."""

    before: int | None
    version: int
    part: Part
    summary: str
    diff: str
    moving_messages: int
    lowered: tuple[str, ...]


class ComparisonFacts(Read):
    """What one version has otherwise than another."""

    part: Part | None
    changes: tuple[str, ...]
    diff: str


class AccessChangeFacts(Read):
    """What a change of the access document changes."""

    before: int | None
    version: int
    summary: str
    diff: str


class TokenFacts(Read):
    """A sender's token."""

    id: str
    created_at: At
    last_used_at: At
    untrusted: Untrusted | None


class NewTokenFacts(Read):
    """A token that was made."""

    token: str


class NameFacts(Read):
    """A secret's name."""

    name: str


class SilenceFacts(Read):
    """A silence; its state where it is listed."""

    id: str
    matcher_sets: tuple[tuple[str, ...], ...]
    starts_at: At
    ends_at: At
    author: str
    comment: str
    state: SilenceState | None = None


class KeyFacts(Read):
    """An API key; `key` where it was just made."""

    id: str
    tenant: str | None
    name: str
    role: str
    networks: tuple[str, ...]
    maker: str
    created_at: At
    expires_at: At
    key: str = Field(default="", repr=False)


class PlaceFacts(Read):
    """Where a record stood."""

    topic: str
    partition: int
    offset: int


class LetterFacts(Read):
    """A dead letter; whether all of it is there, only where it is shown."""

    id: str
    tenant: str | None
    reason: str
    stage: str
    origin: PlaceFacts
    observed_at: At
    dead_lettered_at: At
    redriven_at: At
    whole: bool = True


class HeaderFacts(Read):
    """A header of a record."""

    name: str
    value: str


class ShownLetterFacts(LetterFacts):
    """All of a dead letter that may be read."""

    error: str
    key: str
    headers: tuple[HeaderFacts, ...]
    bytes: int
    body: str | None
    body_hidden: str | None


class RedrivenFacts(Read):
    """What became of a dead letter."""

    id: str
    outcome: Outcome
    detail: str


class RedrivenPage(Read):
    """What became of several."""

    items: tuple[RedrivenFacts, ...]


class ExplanationPage(Read):
    """Explanations, as they are."""

    items: tuple[dict[str, Any], ...]


class _Page(Read):
    items: tuple[dict[str, Any], ...]
    next: str = ""
    besides: int = 0
    held_since: At = NEVER


def read(answer: Answer, kind: type[Facts]) -> Facts:
    """The value that an answer is.

    Raises:
        UnavailableError: it is of another form.
    """
    return facts_of(json_of(answer), kind)


async def listed(
    server: ControlServer, path: str, kind: type[Facts], query: Query | None = None
) -> AsyncIterator[Facts]:
    """All rows of a list, page by page.

    Raises:
        RouterError: as `ControlServer.ask`.
    """
    async for page in pages(server, path, query or {}):
        for one in rows_of(page, kind):
            yield one


def rows_of(page: "_Page", kind: type[Facts]) -> list[Facts]:
    """The rows of a page; raises as `read`."""
    return [facts_of(one, kind) for one in page.items]


async def pages(server: ControlServer, path: str, query: Query) -> AsyncIterator["_Page"]:
    """The pages of a list."""
    cursor: str | None = None
    while cursor != "":
        page = read(await server.ask(Question("GET", path, {**query, "cursor": cursor})), _Page)
        yield page
        cursor = page.next


def tenant_path(tenant: str, *below: str | int) -> str:
    """The path of what belongs to a tenant."""
    return "/".join(["/tenants", *(quote(str(one), safe="") for one in (tenant, *below))])


def number_in(location: str) -> str:
    """The number of what was made, by the address that an answer names."""
    return location.rpartition("/")[2]


def facts_of(found: object, kind: type[Facts]) -> Facts:
    """The value of what JSON holds; raises as `read`."""
    try:
        return kind.model_validate(found)
    except (ValidationError, OverflowError):
        problem = f"the control API answers in a form that this release does not read ({kind.__name__})"
        raise UnavailableError(problem, "see whether both are of the same release") from None


def json_of(answer: Answer) -> object:
    """What the JSON of an answer holds; None where it is none."""
    try:
        return json.loads(answer.body)
    except (ValueError, RecursionError):
        return None
