"""`/tenants/{tenant}/subjects` and `/tenants/{tenant}/erasures`: what is stored of people, exported and erased.

What names a person stands in bodies alone, which no log has. No answer of an export is kept for a request that comes
twice, and none may be stored by what is between.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Path, Response
from pydantic import BaseModel, ConfigDict, StringConstraints

from router.api.answers import Listed, answered
from router.api.caller import Caller
from router.api.control import PREFIX, Control
from router.api.guard import needs
from router.api.once import Once
from router.api.pages import Page, cursor_of, page
from router.api.subject_answers import ErasureAnswer, ErasureStanding, ExportAnswer, PlanAnswer
from router.api.tenants import live_of
from router.api.times import time_json
from router.control.access.permissions import Permission
from router.control.subject_looking import SubjectProgress, SubjectStep
from router.core.model.alert import TenantId
from router.core.model.group import MessageRef
from router.core.model.key import GroupId
from router.http.problems import Problem
from router.ports.audit import Action, Entry
from router.ports.subjects import ErasedSubject

PATIENCE_S: Final = 25.0
"""Seconds for which all alert groups of a tenant are read for one request."""

MAX_VALUE: Final = 400
"""Characters of what names a person."""

_SUBJECTS: Final = "/tenants/{tenant}/subjects"
_ERASURES: Final = "/tenants/{tenant}/erasures"
_NAMED: Final = 100
"""Messages that are named in one answer."""
_COME_AGAIN_S: Final = 5
_TOO_LONG: Final = (
    f"the tenant's alert groups were not read within {PATIENCE_S:g} s; nothing was changed. With so many run "
    "`alert-router subject` where Redis is configured, without --server"
)

Exports = Annotated[Caller, needs(Permission.SUBJECT_EXPORT)]
Erases = Annotated[Caller, needs(Permission.ERASURE_WRITE)]
Erasure = Annotated[str, Path(pattern=r"^[0-9a-f]{8}$", description="Its id, as it is listed.")]


class WantedSubject(BaseModel):
    """A person."""

    model_config = ConfigDict(extra="forbid")

    value: Annotated[str, StringConstraints(min_length=1, max_length=MAX_VALUE, pattern=r"\S")]
    """What names the person, such as an address."""


class PlannedSubject(WantedSubject):
    """A person who is to be erased, as it was planned."""

    plan: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    """The digest of the plan."""


class WantedCertificate(BaseModel):
    """What is certified."""

    model_config = ConfigDict(extra="forbid")

    leave_messages: bool = False
    """Whether messages that Slack edits no more may stay as they are."""


def finding(control: Control) -> APIRouter:
    """The routes by which a person is found."""
    router = APIRouter(prefix=PREFIX, tags=["personal data"])

    @router.post(f"{_SUBJECTS}/export", summary="The alert groups that hold a person", **answered(ExportAnswer))
    async def export(
        tenant: str, wanted: WantedSubject, caller: Exports, asked: Annotated[Page, Depends(page)], response: Response
    ) -> dict[str, Any]:
        await live_of(control, TenantId(tenant))
        response.headers["Cache-Control"] = "no-store"
        entry, text = _entry(caller, Action.SUBJECT_EXPORT, tenant), wanted.value.strip()
        async with _turn(control, tenant):
            found = await control.subjects.export(TenantId(tenant), text, GroupId(asked.after), asked.limit, entry)
        more = {"next": cursor_of(found.after)} if found.after else {}
        return {"items": list(found.groups), "unreadable": found.unreadable, **more}

    @router.post(
        f"{_SUBJECTS}/plan",
        summary="What an erasure of a person would find",
        **answered(PlanAnswer),
    )
    async def plan(tenant: str, wanted: WantedSubject, caller: Exports) -> dict[str, Any]:
        await live_of(control, TenantId(tenant))
        async with _turn(control, tenant):
            found = await control.subjects.plan(
                TenantId(tenant), wanted.value.strip(), _entry(caller, Action.SUBJECT_PLAN, tenant)
            )
        return {"plan": found.digest, **_planned(found.progress)}

    return router


def erasing(control: Control) -> APIRouter:
    """The routes by which a person is erased."""
    router = APIRouter(prefix=PREFIX, tags=["personal data"], route_class=Once)

    @router.post(_ERASURES, status_code=202, summary="Erase a person, as it was planned", **answered(ErasureStanding))
    async def begin(tenant: str, wanted: PlannedSubject, caller: Erases) -> dict[str, Any]:
        await live_of(control, TenantId(tenant))
        entry = caller.attempt(Action.SUBJECT_ERASE, TenantId(tenant), "subject")
        async with _turn(control, tenant):
            begun, found = await control.subjects.begin(TenantId(tenant), wanted.value.strip(), wanted.plan, entry)
        return standing_json(begun, found)

    @router.post(
        f"{_ERASURES}/{{erasure}}/certify", summary="Certify an erasure that is done", **answered(ErasureStanding)
    )
    async def certify(tenant: str, erasure: Erasure, wanted: WantedCertificate, caller: Erases) -> dict[str, Any]:
        await live_of(control, TenantId(tenant))
        entry = caller.attempt(Action.SUBJECT_ERASED, TenantId(tenant), "subject")
        async with _turn(control, tenant):
            found = await control.subjects.certify(
                TenantId(tenant), erasure, entry, leave_stuck=wanted.leave_messages
            )
        subject, found = _found(tenant, erasure, found)
        if not subject.ended_at:
            raise Problem(409, "erasure-open", _open(found), _COME_AGAIN_S)
        return standing_json(subject, found)

    return router


def erasures(control: Control) -> APIRouter:
    """The routes of erasures."""
    router = APIRouter(prefix=PREFIX, tags=["personal data"])
    reads = [needs(Permission.ERASURE_READ)]

    @router.get(
        _ERASURES,
        summary="The people whom ingest hides by now, without what names them",
        dependencies=reads,
        **answered(Listed[ErasureAnswer]),
    )
    async def listed(tenant: str, asked: Annotated[Page, Depends(page)]) -> dict[str, Any]:
        await live_of(control, TenantId(tenant))
        rows = [erasure_json(one) for one in await control.subjects.listed(TenantId(tenant))]
        return asked.of([one for one in rows if str(one["erasure"]) > asked.after], "erasure")

    @router.get(
        f"{_ERASURES}/{{erasure}}",
        summary="How far the erasure of a person is",
        dependencies=reads,
        **answered(ErasureStanding),
    )
    async def standing(tenant: str, erasure: Erasure) -> dict[str, Any]:
        await live_of(control, TenantId(tenant))
        async with _turn(control, tenant):
            found = await control.subjects.standing(TenantId(tenant), erasure)
        return standing_json(*_found(tenant, erasure, found))

    return router


def _found(tenant: str, erasure: str, found: SubjectProgress | None) -> tuple[ErasedSubject, SubjectProgress]:
    """An erasure that is there.

    Raises:
        Problem: 404.
    """
    if found is None or found.subject is None:
        raise Problem(404, "unknown-erasure", f"tenant {tenant!r} has no erasure {erasure!r} now")
    return found.subject, found


def _open(found: SubjectProgress) -> str:
    """Why nothing was certified."""
    steps = [step for step in SubjectStep if step in found.open and step is not SubjectStep.CERTIFY]
    if not steps:
        return "it was begun a moment ago; ask again"
    waiting, stuck = len(found.found.waiting), len(found.found.stuck)
    return (
        f"open: {', '.join(steps)}; {waiting} messages wait for their edit, {stuck} are edited no more by Slack: "
        "delete these by hand, or send leave_messages"
    )


@asynccontextmanager
async def _turn(control: Control, tenant: str) -> AsyncIterator[None]:
    """The turn of a request that reads all alert groups of its tenant.

    Raises:
        Problem: 503 where that takes too long, and as `Turns.of`.
    """
    async with control.turns.of(TenantId(tenant)):
        try:
            async with asyncio.timeout(PATIENCE_S):
                yield
        except TimeoutError:
            raise Problem(503, "unavailable", _TOO_LONG, _COME_AGAIN_S) from None


def _entry(caller: Caller, action: Action, tenant: str) -> Entry:
    """What is noted of a request that is answered each time that it comes."""
    return replace(caller.attempt(action, TenantId(tenant), "subject"), claim=None)


def _planned(progress: SubjectProgress) -> dict[str, Any]:
    found, subject = progress.found, progress.subject
    return {
        "erasure": None if subject is None else subject.subject_id,
        "alert_groups": len(found.holding),
        "messages": found.shown,
        "known_by": found.known_by,
    }


def erasure_json(one: ErasedSubject) -> dict[str, Any]:
    """A person on the list."""
    return {
        "erasure": one.subject_id,
        "mark": one.mark,
        "digest": one.digest.hex(),
        "begun_at": time_json(one.begun_at),
        "ended_at": time_json(one.ended_at),
        "until": time_json(one.until),
    }


def _places(messages: Sequence[MessageRef]) -> list[dict[str, str]]:
    return [{"channel": one.channel, "ts": one.ts} for one in messages[:_NAMED]]


def standing_json(subject: ErasedSubject, progress: SubjectProgress) -> dict[str, Any]:
    """How far the erasure of a person is."""
    found, done = progress.found, progress.done
    return {
        **erasure_json(subject),
        "steps": {step: "done" if step in done else "open" for step in SubjectStep},
        "alert_groups": len(found.holding),
        "messages": found.shown,
        "waiting": _places(found.waiting),
        "stuck": _places(found.stuck),
        "known_by": found.known_by,
        "hidden": subject.hidden,
        "left": [{"kind": one.kind, "why": one.why, "until": time_json(one.until)} for one in progress.left],
    }
