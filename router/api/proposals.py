"""`/tenants/{tenant}/proposals`: changes of the operator's part that wait for a second person."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Path, Request

from router.api.answers import DecidedAnswer, Listed, ProposalAnswer, WholeProposal, answered
from router.api.caller import Caller
from router.api.control import PREFIX, Control
from router.api.guard import Guard, needs, needs_to_approve
from router.api.once import Once
from router.api.pages import Page, page
from router.api.times import time_json
from router.config import stored
from router.control.access.permissions import Permission
from router.control.access.principal import Identity
from router.core.model.alert import TenantId
from router.core.model.instant import Instant
from router.http.problems import Problem
from router.ports.proposals import Proposal

_PATH: Final = "/tenants/{tenant}/proposals"
_LISTED: Final = answered(Listed[ProposalAnswer])
_WHOLE: Final = answered(WholeProposal)
_DECIDED: Final = answered(DecidedAnswer)

Reads = Annotated[Caller, needs(Permission.CONFIGURATION_READ)]
Decides = Annotated[Caller, needs_to_approve(Permission.PLATFORM_WRITE)]
Number = Annotated[int, Path(ge=1, le=10**9)]


def routes(control: Control) -> APIRouter:
    """The routes."""
    router = APIRouter(prefix=PREFIX, tags=["proposals"], route_class=Once)

    @router.get(_PATH, summary="What was proposed, newest first", **_LISTED)
    async def proposals(tenant: str, caller: Reads, asked: Annotated[Page, Depends(page)]) -> dict[str, Any]:
        found, before = await control.proposals(caller.attempt).proposals.all(TenantId(tenant)), asked.number_after
        some = [one for one in found if before is None or one.number < before]
        return asked.of([facts_of(one, caller.now) for one in some], "number")

    @router.get(f"{_PATH}/{{number}}", summary="A proposal, with its text and what it would change", **_WHOLE)
    async def proposal(tenant: str, number: Number, caller: Reads) -> dict[str, Any]:
        one = await _found(control, caller, tenant, number)
        return {**facts_of(one, caller.now), "diff": one.diff, "document": stored.load(one.text).source_text}

    @router.post(f"{_PATH}/{{number}}/approve", summary="Let a proposal of somebody else take effect", **_DECIDED)
    async def approve(request: Request, tenant: str, number: Number, caller: Decides) -> dict[str, Any]:
        one = await _found(control, caller, tenant, number)
        decision = caller.approve(Permission.PLATFORM_WRITE, tenant, authors_of(one))
        if not decision.allowed:
            guard: Guard = request.app.state.guard
            await guard.refuse(caller, decision, tenant, f"{Permission.PLATFORM_WRITE}: proposal {number}")
        version = await control.proposals(caller.attempt).approve(one, caller.principal)
        return {"tenant": tenant, "number": number, "state": "approved", "version": version}

    @router.post(
        f"{_PATH}/{{number}}/reject", summary="Let a proposal never take effect; one's own is withdrawn", **_DECIDED
    )
    async def reject(tenant: str, number: Number, caller: Decides) -> dict[str, Any]:
        one = await _found(control, caller, tenant, number)
        state = await control.proposals(caller.attempt).reject(one, caller.principal)
        return {"tenant": tenant, "number": number, "state": state}

    return router


async def _found(control: Control, caller: Caller, tenant: str, number: int) -> Proposal:
    found = await control.proposals(caller.attempt).find(TenantId(tenant), number)
    if found is None:
        raise Problem(404, "unknown-proposal", f"tenant {tenant!r} has no proposal {number}")
    return found


def authors_of(one: Proposal) -> frozenset[Identity]:
    """All that whoever proposed it is known as."""
    pairs = [known.partition(" ") for known in one.authors]
    return frozenset(Identity(issuer, subject) for issuer, _, subject in pairs)


def facts_of(one: Proposal, now: Instant) -> dict[str, Any]:
    """A proposal as it is listed."""
    return {
        "tenant": one.tenant,
        "number": one.number,
        "state": one.state_at(now),
        "base": one.base or None,
        "part": one.provenance.part,
        "summary": one.summary,
        "author": one.provenance.author,
        "login": one.provenance.login,
        "source": one.provenance.source,
        "message": one.provenance.message,
        "created_at": time_json(one.created_at),
        "expires_at": time_json(one.expires_at),
        "decided_by": one.decided_by,
        "decided_at": time_json(one.decided_at),
    }
