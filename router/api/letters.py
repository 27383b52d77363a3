"""`/tenants/{tenant}/dead-letters` and `/dead-letters`: records that could not be used, and how they come again.

A tenant has those that were found to be its own. Whose the others are nobody knows, so they are the installation's.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Path, Query
from pydantic import BaseModel, ConfigDict, Field

from router.api.answers import Items, answered
from router.api.caller import Caller
from router.api.control import PREFIX, Control
from router.api.guard import needs
from router.api.live_answers import LettersAnswer, RedrivenAnswer, ShownLetter
from router.api.once import Once
from router.api.pages import Page, cursor_of, no_cursor, page
from router.api.tenants import live_of
from router.control.access.permissions import Permission
from router.control.letters.as_json import letter_json, redriven_json, shown_json
from router.control.letters.dead_letters import FOREVER, DeadLetterControl, Filter, Listed, Place
from router.control.letters.redrive import WHY, Outcome, Redriven
from router.core.model.alert import TenantId
from router.core.model.instant import NEVER, Instant, parse_rfc3339
from router.errors import ConfigurationError, OperationError, UnavailableError
from router.http.problems import Fault, Problem

_OF_TENANT: Final = "/tenants/{tenant}/dead-letters"
_LETTERS: Final = answered(LettersAnswer)
_SHOWN: Final = answered(ShownLetter)
_REDRIVEN: Final = answered(Items[RedrivenAnswer])
_OF_ALL: Final = "/dead-letters"
_EVERYBODY: Final = TenantId("*")
MAX_REDRIVEN: Final = 100
"""Dead letters that are redriven by one request."""

PATIENCE_S: Final = 25.0
"""Seconds for which the topic is read for one request."""

_COME_AGAIN_S: Final = 5
_AWAY: Final = "Kafka, or what is asked beside it, does not answer; what was not redriven may be asked for again"
_REMEDY: Final = Fault(_AWAY, remedy="send it again once Kafka's brokers, Redis and PostgreSQL answer")
_TOO_LONG: Final = (
    f"Kafka's topic of dead letters was not read within {PATIENCE_S:g} s; ask for fewer with `since`, and where some "
    "were to be redriven, look which were"
)
_TEXT: Final = 400

Reads = Annotated[Caller, needs(Permission.DEADLETTER_READ)]
Redrives = Annotated[Caller, needs(Permission.DEADLETTER_REDRIVE)]
LetterId = Annotated[str, Path(max_length=_TEXT, description="Its id, as it is listed.")]
Asked = Annotated[Page, Depends(page)]


class WantedLetters(BaseModel):
    """Dead letters that are to come again."""

    model_config = ConfigDict(extra="forbid")

    ids: list[Annotated[str, Field(min_length=1, max_length=_TEXT)]] = Field(
        min_length=1, max_length=MAX_REDRIVEN, description="Their ids, as they are listed."
    )
    force: bool = Field(default=False, description="Also those that were redriven before.")


@dataclass(frozen=True, slots=True)
class Narrowed:
    """Which letters are listed."""

    reason: str | None
    since: Instant
    until: Instant

    def of(self, tenant: str | None) -> Filter:
        """They, of a tenant or of all."""
        return replace(_of(tenant), reason=self.reason, since=self.since, until=self.until)


def narrowed(
    reason: Annotated[str, Query(max_length=64, description="Those with this reason.")] = "",
    since: Annotated[
        str, Query(max_length=64, description="Those that were set aside then or later, RFC 3339.")
    ] = "",
    until: Annotated[str, Query(max_length=64, description="Those that were set aside before, RFC 3339.")] = "",
) -> Narrowed:
    """What a query asks for."""
    return Narrowed(reason or None, _time("since", since, NEVER), _time("until", until, FOREVER))


Which = Annotated[Narrowed, Depends(narrowed)]


def routes(control: Control) -> APIRouter:
    """The routes."""
    router = APIRouter(prefix=PREFIX, tags=["dead letters"], route_class=Once)

    @router.get(_OF_TENANT, summary="A tenant's dead letters, newest first", **_LETTERS)
    async def of_tenant(tenant: str, caller: Reads, asked: Asked, which: Which) -> dict[str, Any]:
        await live_of(control, TenantId(tenant))
        return await _listed(control, caller, tenant, asked, which)

    @router.get(_OF_ALL, summary="Dead letters of all tenants and of none, newest first", **_LETTERS)
    async def of_all(caller: Reads, asked: Asked, which: Which) -> dict[str, Any]:
        return await _listed(control, caller, None, asked, which)

    @router.get(f"{_OF_TENANT}/{{letter}}", summary="A dead letter, without what its tenant redacts", **_SHOWN)
    async def one_of_tenant(tenant: str, letter: LetterId, caller: Reads) -> dict[str, Any]:
        await live_of(control, TenantId(tenant))
        return await _shown(control, caller, tenant, letter)

    @router.get(
        f"{_OF_ALL}/{{letter}}", summary="A dead letter of any tenant, without what its tenant redacts", **_SHOWN
    )
    async def one_of_all(letter: LetterId, caller: Reads) -> dict[str, Any]:
        return await _shown(control, caller, None, letter)

    @router.post(f"{_OF_TENANT}/redrive", summary="Append a tenant's dead letters again", **_REDRIVEN)
    async def redrive_of_tenant(tenant: str, wanted: WantedLetters, caller: Redrives) -> dict[str, Any]:
        await live_of(control, TenantId(tenant))
        return await _redriven(control, caller, tenant, wanted)

    @router.post(f"{_OF_ALL}/redrive", summary="Append dead letters of any tenant again", **_REDRIVEN)
    async def redrive_of_all(wanted: WantedLetters, caller: Redrives) -> dict[str, Any]:
        return await _redriven(control, caller, None, wanted)

    return router


async def _listed(
    control: Control, caller: Caller, tenant: str | None, asked: Page, which: Narrowed
) -> dict[str, Any]:
    before = _place(asked)
    async with _letters(control, caller, tenant) as letters:
        found = await letters.newest(which.of(tenant), asked.limit, before)
    return {"items": [letter_json(*one) for one in found.letters], "besides": found.besides, **_more(found)}


async def _shown(control: Control, caller: Caller, tenant: str | None, letter: str) -> dict[str, Any]:
    async with _letters(control, caller, tenant) as letters:
        try:
            return shown_json(*await letters.shown(replace(_of(tenant), ids=frozenset({letter}))))
        except OperationError as error:
            raise Problem(404, "unknown-dead-letter", error.problem) from None


async def _redriven(control: Control, caller: Caller, tenant: str | None, wanted: WantedLetters) -> dict[str, Any]:
    done, which = list[Redriven](), replace(_of(tenant), ids=frozenset(wanted.ids))
    async with _letters(control, caller, tenant) as letters:
        absent = await letters.redrive_there(which, MAX_REDRIVEN, done.append, force=wanted.force)
    done += [Redriven(one, Outcome.NOT_THERE, WHY[Outcome.NOT_THERE]) for one in sorted(absent)]
    return {"items": [redriven_json(one) for one in done]}


def _of(tenant: str | None) -> Filter:
    """The letters of a tenant, or all."""
    return Filter() if tenant is None else Filter(owner=TenantId(tenant))


@asynccontextmanager
async def _letters(control: Control, caller: Caller, tenant: str | None) -> AsyncIterator[DeadLetterControl]:
    """Dead letters, for one request: the topic is read to its end, so tenants take turns.

    Raises:
        Problem: 503 without a Kafka, or where reading takes too long.
    """
    if control.letters is None:
        raise Problem(
            503, "kafka-not-configured", "nobody here reads Kafka: ALERT_ROUTER_KAFKA__BOOTSTRAP_SERVERS is not set"
        )
    whose = _EVERYBODY if tenant is None else TenantId(tenant)
    async with control.turns.of(whose):
        try:
            async with asyncio.timeout(PATIENCE_S), control.letters(caller.attempt) as letters:
                yield letters
        except TimeoutError:
            raise Problem(503, "unavailable", _TOO_LONG, _COME_AGAIN_S) from None
        except UnavailableError:
            raise Problem(503, "unavailable", _AWAY, _COME_AGAIN_S, [_REMEDY]) from None


def _more(found: Listed) -> dict[str, str]:
    if not found.besides:
        return {}
    last = found.letters[-1][0]
    return {"next": cursor_of(f"{last.appended_at} {last.id}")}


def _place(asked: Page) -> Place | None:
    if not asked.after:
        return None
    at, _, id_ = asked.after.partition(" ")
    if not at.isdecimal() or not at.isascii() or len(at) > 18 or not id_:
        raise no_cursor()
    return Place(Instant(int(at)), id_)


def _time(name: str, text: str, otherwise: Instant) -> Instant:
    try:
        return parse_rfc3339(text) if text else otherwise
    except ValueError:
        raise ConfigurationError(
            f"{name}: should be a time with its offset from UTC; use for example 2026-11-27T18:00:00+01:00"
        ) from None
