"""`/tenants/{tenant}/silences`: what a tenant is not notified of for a while."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, ConfigDict, Field

from router.api.answers import Items, ListedSilence, SilenceAnswer, answered
from router.api.caller import Caller
from router.api.control import PREFIX, Control
from router.api.guard import needs
from router.api.once import Once
from router.api.tenants import live_of
from router.control.access.permissions import Permission
from router.control.silence_json import listed_json, silence_json
from router.control.silences import MAX_MATCHERS, MAX_TEXT, SilenceRequest
from router.core.model.alert import TenantId
from router.core.model.instant import NEVER, Instant, Span, parse_duration, parse_rfc3339
from router.diagnostic import one_line
from router.errors import ConfigurationError
from router.http.problems import Problem
from router.ports.audit import Action

_PATH: Final = "/tenants/{tenant}/silences"
_AN_HOUR: Final = "1h"
_AUTHOR: Final = 200
"""Characters of an author, of longer subjects the first."""

Reads = Annotated[Caller, needs(Permission.SILENCE_READ)]
Writes = Annotated[Caller, needs(Permission.SILENCE_WRITE)]
SilenceId = Annotated[str, Path(max_length=64, description="Its id, as it is listed.")]
Expired = Annotated[bool, Query(description="Also those that have ended in the last five days.")]
Matchers = Annotated[list[Annotated[str, Field(max_length=MAX_TEXT)]], Field(min_length=1, max_length=MAX_MATCHERS)]


class WantedSilence(BaseModel):
    """A silence as somebody wants it."""

    model_config = ConfigDict(extra="forbid")

    matcher_sets: list[Matchers] = Field(
        min_length=1,
        max_length=MAX_MATCHERS,
        description="Sets of matchers as in Alertmanager; one suffices.",
    )
    comment: str = Field(min_length=1, max_length=MAX_TEXT, description="Why.")
    duration: str = Field(default="", max_length=64, description="How long, as 2h; one hour by default.")
    starts_at: str = Field(default="", max_length=64, description="When it begins, RFC 3339; now by default.")
    ends_at: str = Field(default="", max_length=64, description="When it ends, in place of a duration.")
    replaces: str = Field(default="", max_length=64, description="The id of one that ends as this one begins.")


def routes(control: Control) -> APIRouter:
    """The routes."""
    router = APIRouter(prefix=PREFIX, tags=["silences"], route_class=Once)

    @router.get(
        _PATH, summary="Silences that are active or pending, by when they end", **answered(Items[ListedSilence])
    )
    async def listed(tenant: str, caller: Reads, *, expired: Expired = False) -> dict[str, Any]:
        await live_of(control, TenantId(tenant))
        silences = control.silences(Action.SILENCE_ADD, caller.attempt)
        return {"items": [listed_json(one) for one in await silences.listed(TenantId(tenant), expired=expired)]}

    @router.post(
        _PATH, status_code=201, summary="Hold back what matches, until the silence ends", **answered(SilenceAnswer)
    )
    async def add(tenant: str, wanted: WantedSilence, caller: Writes) -> dict[str, Any]:
        await live_of(control, TenantId(tenant))
        request = _request(wanted, caller)
        silences = control.silences(Action.SILENCE_ADD, caller.attempt)
        return silence_json(await silences.add(TenantId(tenant), request))

    @router.delete(f"{_PATH}/{{silence}}", status_code=204, summary="End a silence now")
    async def expire(tenant: str, silence: SilenceId, caller: Writes) -> None:
        await live_of(control, TenantId(tenant))
        silences = control.silences(Action.SILENCE_EXPIRE, caller.attempt)
        there = {one.silence.silence_id for one in await silences.listed(TenantId(tenant), expired=False)}
        if silence not in there:
            raise Problem(404, "unknown-silence", "the tenant has no silence of that id that is not over")
        await silences.expire(TenantId(tenant), silence)

    return router


def _request(wanted: WantedSilence, caller: Caller) -> SilenceRequest:
    if wanted.duration and wanted.ends_at:
        raise ConfigurationError("duration and ends_at exclude each other; send one of them")
    return SilenceRequest(
        matcher_sets=wanted.matcher_sets,
        author=one_line(caller.principal.identity.subject)[:_AUTHOR],
        comment=wanted.comment,
        duration=_duration(wanted.duration or _AN_HOUR),
        starts_at=_time("starts_at", wanted.starts_at),
        ends_at=_time("ends_at", wanted.ends_at),
        replaces=wanted.replaces,
        silence_id=caller.claim.made_id if caller.claim else "",
    )


def _duration(text: str) -> Span:
    try:
        found = parse_duration(text)
    except ValueError as error:
        raise ConfigurationError(f"duration: {error}") from None
    if not found:
        raise ConfigurationError("duration: should be longer than 0; use for example 30m or 2h")
    return found


def _time(name: str, text: str) -> Instant:
    try:
        return parse_rfc3339(text) if text else NEVER
    except ValueError:
        raise ConfigurationError(
            f"{name}: should be a time with its offset from UTC; use for example 2026-11-27T18:00:00+01:00"
        ) from None
