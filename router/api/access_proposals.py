"""`/access/proposals`: changes of the access document that wait for a second person."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request

from router.api.answers import AccessProposal, DecidedAnswer, Listed, WholeAccessProposal, answered
from router.api.caller import Caller
from router.api.control import PREFIX, Control
from router.api.guard import Guard, needs, needs_to_approve
from router.api.once import Once
from router.api.pages import Page, page
from router.api.proposals import Number, authors_of, facts_of
from router.control.access.permissions import Permission
from router.http.problems import Problem
from router.ports.access import INSTALLATION
from router.ports.proposals import Proposal

_PATH: Final = "/access/proposals"
_LISTED: Final = answered(Listed[AccessProposal])
_WHOLE: Final = answered(WholeAccessProposal)
_DECIDED: Final = answered(DecidedAnswer)

Reads = Annotated[Caller, needs(Permission.ACCESS_READ)]
Decides = Annotated[Caller, needs_to_approve(Permission.ACCESS_WRITE)]


def routes(control: Control) -> APIRouter:
    """The routes."""
    router = APIRouter(prefix=PREFIX, tags=["access"], route_class=Once)

    @router.get(_PATH, summary="Access documents that were proposed, newest first", **_LISTED)
    async def proposals(caller: Reads, asked: Annotated[Page, Depends(page)]) -> dict[str, Any]:
        found, before = await control.proposals(caller.attempt).proposals.all(INSTALLATION), asked.number_after
        some = [one for one in found if before is None or one.number < before]
        return asked.of([_facts(one, caller) for one in some], "number")

    @router.get(f"{_PATH}/{{number}}", summary="A proposed access document, and what it would change", **_WHOLE)
    async def proposal(number: Number, caller: Reads) -> dict[str, Any]:
        one = await _found(control, caller, number)
        return {**_facts(one, caller), "diff": one.diff, "document": one.text}

    @router.post(
        f"{_PATH}/{{number}}/approve", summary="Let an access document of somebody else take effect", **_DECIDED
    )
    async def approve(request: Request, number: Number, caller: Decides) -> dict[str, Any]:
        one = await _found(control, caller, number)
        decision = caller.approve(Permission.ACCESS_WRITE, None, authors_of(one))
        if not decision.allowed:
            guard: Guard = request.app.state.guard
            await guard.refuse(caller, decision, None, f"{Permission.ACCESS_WRITE}: proposal {number}")
        version = await control.proposals(caller.attempt).approve(one, caller.principal)
        return {"number": number, "state": "approved", "version": version}

    @router.post(f"{_PATH}/{{number}}/reject", summary="Let it never take effect; one's own is withdrawn", **_DECIDED)
    async def reject(number: Number, caller: Decides) -> dict[str, Any]:
        one = await _found(control, caller, number)
        state = await control.proposals(caller.attempt).reject(one, caller.principal)
        return {"number": number, "state": state}

    return router


async def _found(control: Control, caller: Caller, number: int) -> Proposal:
    found = await control.proposals(caller.attempt).find(INSTALLATION, number)
    if found is None:
        raise Problem(404, "unknown-proposal", f"the access document has no proposal {number}")
    return found


def _facts(one: Proposal, caller: Caller) -> dict[str, Any]:
    whole = facts_of(one, caller.now)
    return {name: value for name, value in whole.items() if name not in {"tenant", "part"}}
