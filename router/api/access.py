"""`/access`: the stored access document, as it was written, its versions, and how it is changed."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic.json_schema import SkipJsonSchema

from router.api.answers import AccessChange, Listed, ProposedAccessChange, VersionAnswer, answered
from router.api.bodies import document_text
from router.api.caller import Caller
from router.api.conditions import Seen, etag, seen
from router.api.configuration import WRITTEN, YAML, facts_of
from router.api.control import PREFIX, Control
from router.api.guard import needs, needs_or_proposes
from router.api.once import Once
from router.api.pages import Page, page
from router.api.problems import fault
from router.control.access.deciding import Reason
from router.control.access.permissions import Permission
from router.control.access_documents import AccessControl
from router.control.change import Change
from router.diagnostic import one_line
from router.errors import OperationError
from router.http.problems import Problem, known
from router.ports.provenance import Provenance

_PATH: Final = "/access"
_NAME: Final = "access"
_CHANGED: Final[dict[int | str, dict[str, Any]]] = {
    200: {"model": AccessChange, "description": "It was changed, or would be."},
    202: {"model": ProposedAccessChange, "description": "It is proposed, and waits for a second person."},
}

Reads = Annotated[Caller, needs(Permission.ACCESS_READ)]
Writes = Annotated[Caller, needs_or_proposes(Permission.ACCESS_WRITE)]
Condition = Annotated[Seen, Depends(seen)]
Message = Annotated[str, Query(max_length=500, description="Why; it is kept with the version.")]
File = Annotated[str, Query(max_length=300, description="What the document is called in diffs and errors.")]
DryRun = Annotated[bool, Query(description="Answer what would change, and change nothing.")]
Number = Annotated[int, Path(ge=1, le=10**9)]
To = Annotated[
    int | SkipJsonSchema[None],
    Query(ge=1, le=10**9, description="The version that comes back; by default the one before."),
]


def reading(control: Control) -> APIRouter:
    """Routes that change nothing."""
    router = APIRouter(prefix=PREFIX, tags=["access"])

    @router.get(_PATH, summary="The stored access document, as it was written", response_class=Response)
    async def stored(caller: Reads) -> Response:
        return await _shown(control, caller, None)

    @router.get(f"{_PATH}/versions", summary="Its versions, newest first", **answered(Listed[VersionAnswer]))
    async def versions(caller: Reads, asked: Annotated[Page, Depends(page)]) -> dict[str, Any]:
        before = asked.number_after
        found = await control.access(caller.attempt).history()
        some = [one for one in found if before is None or one.kept.version < before]
        return asked.of([{**facts_of(one.kept), "summary": one.summary} for one in some], "version")

    @router.get(
        f"{_PATH}/versions/{{version}}", summary="A version of it, as it was written", response_class=Response
    )
    async def version(version: Number, caller: Reads) -> Response:
        return await _shown(control, caller, version)

    return router


def changing(control: Control) -> APIRouter:
    """Routes that make another version the one that is in force."""
    router = APIRouter(prefix=PREFIX, tags=["access"], route_class=Once)

    @router.put(_PATH, summary="Apply an access document", openapi_extra=WRITTEN, responses=_CHANGED)
    async def apply(
        request: Request,
        caller: Writes,
        condition: Condition,
        message: Message = "",
        file: File = "",
        *,
        dry_run: DryRun = False,
    ) -> Response:
        access, text = control.access(caller.attempt), await document_text(request)
        change = await access.plan(text, file or _NAME)
        condition.check(change.before)
        if dry_run:
            return JSONResponse(_answer(access, change, stored=False))
        return await _made(control, caller, change, _provenance(caller, message, file))

    @router.post(
        f"{_PATH}/rollback",
        summary="Make an earlier version the one in force again, as a new version",
        responses=_CHANGED,
    )
    async def rollback(
        caller: Writes, condition: Condition, to: To = None, message: Message = "", *, dry_run: DryRun = False
    ) -> Response:
        access = control.access(caller.attempt)
        change = await access.plan_rollback(to)
        condition.check(change.before)
        if dry_run:
            return JSONResponse(_answer(access, change, stored=False))
        return await _made(control, caller, change, _provenance(caller, message, change.source))

    return router


async def _shown(control: Control, caller: Caller, version: int | None) -> Response:
    try:
        kept = await control.access(caller.attempt).show(version)
    except OperationError as error:
        if version is None:
            raise Problem(404, "no-access-document", error.problem) from None
        raise Problem(404, "unknown-version", error.problem) from None
    return Response(kept.text, media_type=YAML, headers=etag(kept.version))


async def _made(control: Control, caller: Caller, change: Change, by: Provenance) -> Response:
    """Carry a change out, or propose it where it takes a second person."""
    access = control.access(caller.attempt)
    takes_two = caller.decide(Permission.ACCESS_WRITE, None).reason is Reason.NEEDS_APPROVAL
    if takes_two and not change.unchanged:
        number = await control.proposals(caller.attempt).propose(change, caller.principal, by)
        where = {"Location": f"{PREFIX}{_PATH}/proposals/{number}"}
        return JSONResponse(_answer(access, change, stored=False) | {"proposal": number}, 202, headers=where)
    await access.publish(change, by)
    return JSONResponse(_answer(access, change, stored=True), headers=etag(change.after))


def _answer(access: AccessControl, change: Change, *, stored: bool) -> dict[str, Any]:
    return {
        "before": change.before or None,
        "version": change.after,
        "changed": not change.unchanged,
        "stored": stored,
        "summary": change.summary,
        "diff": change.diff,
        "warnings": [known(fault(one)) for one in access.doubts(change.text, change.source)],
    }


def _provenance(caller: Caller, message: str, file: str) -> Provenance:
    identity = caller.principal.identity
    return Provenance(
        author=identity.subject,
        login=f"{identity.subject}@{identity.issuer or 'api-key'}",
        source=one_line(file),
        message=message,
    )
