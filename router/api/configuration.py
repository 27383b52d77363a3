"""`/tenants/{tenant}/configuration`: as it was written, its versions, and how it is changed."""

import asyncio
from dataclasses import dataclass, replace
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic.json_schema import SkipJsonSchema

from router.api.answers import ChangeAnswer, Listed, ProposedChange, VersionAnswer, answered
from router.api.bodies import document_text
from router.api.caller import Caller
from router.api.conditions import Seen, etag, seen
from router.api.control import PREFIX, Control
from router.api.guard import Guard, needs
from router.api.once import Once
from router.api.pages import Page, page
from router.api.tenants import standing_of
from router.api.times import time_json
from router.config.parts import is_platform_alone, is_rules_alone, read_platform, read_rules
from router.config.read import Written, document_of, parse
from router.config.stored import StoredDocument
from router.control.access.deciding import Reason as DecisionReason
from router.control.access.permissions import Permission
from router.control.change import Change
from router.control.ownership import Claim
from router.control.parts import WrittenPlatform, WrittenRules
from router.control.tenants import TenantControl
from router.core.model.alert import TenantId
from router.diagnostic import Diagnostic, one_line
from router.errors import ConfigurationError, OperationError
from router.http.problems import Problem
from router.ports.control import KeptVersion
from router.ports.provenance import Part, Provenance

YAML: Final = "application/yaml"
WRITTEN: Final = {
    "requestBody": {
        "required": True,
        "content": {YAML: {"schema": {"type": "string"}}, "application/json": {"schema": {"type": "object"}}},
    }
}
"""How a document is described that is sent as it was written."""
CHANGED: Final[dict[int | str, dict[str, Any]]] = {
    200: {"model": ChangeAnswer, "description": "It was changed, or would be."},
    202: {"model": ProposedChange, "description": "It is proposed, and waits for a second person."},
}
_NAME: Final = "configuration"
_PATH: Final = "/tenants/{tenant}/configuration"


@dataclass(frozen=True, slots=True)
class Why:
    """What is kept with a version, and whether anything is to be changed at all."""

    message: str
    source: str
    source_ref: str
    file: str
    claim: Claim
    dry_run: bool

    @property
    def name(self) -> str:
        """What a document is called in its diff and in what is wrong with it."""
        return self.file or self.source or _NAME


def why(
    message: Annotated[str, Query(max_length=500, description="Why; it is kept with the version.")] = "",
    source: Annotated[
        str, Query(max_length=300, description="Where it comes from: with `source_ref` what a pipeline applies from.")
    ] = "",
    source_ref: Annotated[str, Query(max_length=100, description="The commit that a pipeline applies.")] = "",
    file: Annotated[str, Query(max_length=300, description="What the document is called in diffs and errors.")] = "",
    *,
    take_over: Annotated[bool, Query(description="Also where the active version is of another source.")] = False,
    dry_run: Annotated[bool, Query(description="Answer what would change, and change nothing.")] = False,
) -> Why:
    """What a query says of a change."""
    claim = Claim.TAKE_OVER if take_over else Claim.KEEP
    return Why(message, source, source_ref, file, claim, dry_run)


@dataclass(frozen=True, slots=True)
class Earlier:
    """A version, and which part of it comes back."""

    version: int | None
    part: Part


def earlier(
    to: Annotated[
        int | SkipJsonSchema[None],
        Query(
            ge=1,
            le=10**9,
            description="The version that comes back; by default the one before, or the newest with another tenant's "
            "part.",
        ),
    ] = None,
    part: Annotated[Part, Query(description="Which part of it.")] = Part.TENANT,
) -> Earlier:
    """What a query asks to come back."""
    return Earlier(to, part)


Reads = Annotated[Caller, needs(Permission.CONFIGURATION_READ)]
Writes = Annotated[Caller, needs(Permission.CONFIGURATION_WRITE)]
Condition = Annotated[Seen, Depends(seen)]
Reason = Annotated[Why, Depends(why)]
Target = Annotated[Earlier, Depends(earlier)]


def reading(control: Control) -> APIRouter:
    """Routes that change nothing."""
    router = APIRouter(prefix=PREFIX, tags=["configuration"])

    @router.get(_PATH, summary="The active version, as it was written", response_class=Response)
    async def active(tenant: str, caller: Reads) -> Response:
        return await _shown(control, caller, tenant, None)

    @router.get(f"{_PATH}/versions", summary="The versions, newest first", **answered(Listed[VersionAnswer]))
    async def versions(tenant: str, caller: Reads, asked: Annotated[Page, Depends(page)]) -> dict[str, Any]:
        await standing_of(control, TenantId(tenant))
        before = asked.number_after
        kept = await control.tenants(caller.attempt).history(TenantId(tenant))
        some = [one for one in kept if before is None or one.kept.version < before]
        return asked.of([{**facts_of(one.kept), "summary": one.summary} for one in some], "version")

    @router.get(f"{_PATH}/versions/{{version}}", summary="A version, as it was written", response_class=Response)
    async def version(tenant: str, version: int, caller: Reads) -> Response:
        return await _shown(control, caller, tenant, version)

    return router


def changing(control: Control) -> APIRouter:
    """Routes that make another version the active one."""
    router = APIRouter(prefix=PREFIX, tags=["configuration"], route_class=Once)

    @router.put(
        _PATH, summary="Apply a configuration: the tenant's part, or both", openapi_extra=WRITTEN, responses=CHANGED
    )
    async def apply(request: Request, tenant: str, caller: Writes, condition: Condition, reason: Reason) -> Response:
        tenants, text = control.tenants(caller.attempt), await document_text(request)
        change = await _planned(control, tenants, TenantId(tenant), text, reason.name)
        return await _decided(request, control, caller, change, condition, reason)

    @router.post(
        f"{_PATH}/rollback",
        summary="Make an earlier version the active one again, as a new version",
        responses=CHANGED,
    )
    async def rollback(
        request: Request, tenant: str, caller: Writes, condition: Condition, reason: Reason, target: Target
    ) -> Response:
        await standing_of(control, TenantId(tenant))
        tenants = control.tenants(caller.attempt)
        plan = tenants.plan_rules_rollback if target.part is Part.TENANT else tenants.plan_rollback
        change = await plan(TenantId(tenant), target.version)
        return await _decided(request, control, caller, change, condition, reason)

    return router


async def _shown(control: Control, caller: Caller, tenant: str, version: int | None) -> Response:
    standing = await standing_of(control, TenantId(tenant))
    if standing.version is None:
        raise Problem(404, "no-configuration", f"tenant {tenant!r} has no configuration")
    try:
        shown = await control.tenants(caller.attempt).show(TenantId(tenant), version)
    except OperationError as error:
        raise Problem(404, "unknown-version", error.problem) from None
    return Response(shown.source_text, media_type=YAML, headers=etag(shown.kept.version))


async def _planned(control: Control, tenants: TenantControl, tenant: TenantId, text: str, name: str) -> Change:
    """What a text would change; it is read in a thread, since one of the largest takes a second."""
    written = await asyncio.to_thread(parse, text, name)
    if is_rules_alone(written):
        await asyncio.to_thread(read_rules, written, tenant, validate_templates=control.validate_templates)
        return await tenants.plan_part(WrittenRules(tenant, written))
    if is_platform_alone(written):
        _check_tenant((await asyncio.to_thread(read_platform, written)).tenant, tenant, written)
        return await tenants.plan_part(WrittenPlatform(tenant, written))
    document = await asyncio.to_thread(document_of, written, validate_templates=control.validate_templates)
    _check_tenant(document.tenant, tenant, written)
    return await tenants.plan(StoredDocument(document, text), name)


def _check_tenant(named: TenantId, tenant: TenantId, written: Written) -> None:
    """A document says itself whose it is."""
    if named != tenant:
        wrong = Diagnostic(f"is another tenant than the path's; write {tenant}", ("tenant",), written.name)
        raise ConfigurationError(replace(wrong, position=written.tree.position(wrong)))


async def _decided(
    request: Request, control: Control, caller: Caller, change: Change, condition: Seen, reason: Why
) -> Response:
    """Carry a change out, propose it, or refuse it."""
    takes_two = await _takes_two(request, caller, change)
    condition.check(change.before)
    if reason.dry_run:
        return JSONResponse(_answer(change, stored=False))
    if takes_two:
        return await _proposed(control, caller, change, reason)
    await control.tenants(caller.attempt).publish(change, _provenance(caller, reason), reason.claim)
    return JSONResponse(_answer(change, stored=True), headers=etag(change.after))


async def _takes_two(request: Request, caller: Caller, change: Change) -> bool:
    """Whether a second person must approve. Whoever changes the operator's part needs its permission as well."""
    if change.unchanged or change.part is Part.TENANT:
        return False
    decision = caller.decide(Permission.PLATFORM_WRITE, change.tenant)
    if not decision.allowed and decision.reason is not DecisionReason.NEEDS_APPROVAL:
        guard: Guard = request.app.state.guard
        await guard.refuse(caller, decision, change.tenant, f"{Permission.PLATFORM_WRITE}: the operator's part")
    return decision.reason is DecisionReason.NEEDS_APPROVAL


async def _proposed(control: Control, caller: Caller, change: Change, reason: Why) -> Response:
    provenance = _provenance(caller, reason)
    await control.tenants(caller.attempt).check_source(change, provenance, reason.claim)
    number = await control.proposals(caller.attempt).propose(change, caller.principal, provenance)
    where = {"Location": f"{PREFIX}/tenants/{change.tenant}/proposals/{number}"}
    return JSONResponse(_answer(change, stored=False) | {"proposal": number}, 202, headers=where)


def _answer(change: Change, *, stored: bool) -> dict[str, Any]:
    return {
        "tenant": change.tenant,
        "before": change.before or None,
        "version": change.after,
        "changed": not change.unchanged,
        "stored": stored,
        "part": change.part,
        "summary": change.summary,
        "diff": change.diff,
        "moving_messages": change.moving,
        "lowered": list(change.lowered),
    }


def _provenance(caller: Caller, reason: Why) -> Provenance:
    identity = caller.principal.identity
    return Provenance(
        author=identity.subject,
        login=f"{identity.subject}@{identity.issuer or 'api-key'}",
        source=one_line(reason.source),
        message=reason.message,
        source_ref=one_line(reason.source_ref),
    )


def facts_of(kept: KeptVersion) -> dict[str, Any]:
    """A version as it is listed."""
    made_by = kept.recorded.provenance if kept.recorded else Provenance()
    return {
        "version": kept.version,
        "active": kept.active,
        "applied_at": time_json(kept.applied_at),
        "digest": kept.digest,
        "author": made_by.author,
        "login": made_by.login,
        "source": made_by.source,
        "source_ref": made_by.source_ref,
        "message": made_by.message,
        "part": made_by.part,
    }
