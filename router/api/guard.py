"""Who is let in to a route: whoever is known, keeps to the limits, and may do the one thing that the route asks for.

A tenant that somebody may not read answers as one that there is not, by the same steps, so that neither words nor
times betray it.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any, Final
from uuid import uuid4

from fastapi import Depends, Request
from starlette.routing import BaseRoute

from router.api.caller import Asked, Caller, entry_of
from router.api.once import claim_of, look
from router.api.pace import Pace
from router.control.access.deciding import Decision, Reason
from router.control.access.permissions import Permission
from router.control.access.principal import Principal, address_of
from router.control.access.table import AccessTable
from router.control.authenticating import Authentication, NotAuthenticated
from router.core.model.alert import TenantId
from router.core.model.instant import Instant
from router.core.model.rules.names import is_slug
from router.http.problems import Problem
from router.ports.audit import Action, Entry, Ruling
from router.ports.idempotency import Answers

_BEARER: Final = "bearer "


@dataclass(frozen=True, slots=True)
class Guard:
    """What a route asks before it does anything; `denied` appends an entry of somebody who was not let in."""

    authentication: Authentication
    access: Callable[[], AccessTable]
    pace: Pace
    denied: Callable[[Entry], Awaitable[None]]
    now: Callable[[], Instant]
    answers: Answers

    async def known(self, request: Request) -> Caller:
        """Who asks, if they are known and keep to the limits.

        Raises:
            Problem: 401 or 429.
            UnavailableError: what it takes to know does not answer.
        """
        table = self.access()
        principal = await self._principal(request, table)
        self.pace.take(f"{principal.identity.issuer} {principal.identity.subject}")
        asked = Asked(str(uuid4()), request.headers.get("user-agent", ""))
        return Caller(principal, table, self.now(), asked, "what the principal may read")

    async def admit(
        self, request: Request, permission: Permission, decide: Callable[[Caller, Permission, str | None], Decision]
    ) -> Caller:
        """Who asks, if they may do this to the tenant of the path, as `decide` finds.

        Raises:
            AnswerAgain: a request with a key of its own that was carried out.
            Problem: 403 or 404, 409 or 422 by that key, and as `known`.
            UnavailableError: as `known`.
        """
        known, tenant = await self.known(request), request.path_params.get("tenant")
        decision = decide(known, permission, tenant)
        caller = replace(known, rule=decision.rule)
        if not decision.allowed:
            await self.refuse(caller, decision, tenant, f"{permission}: {_route(request)}")
        return await self._claimed(request, caller)

    async def _claimed(self, request: Request, caller: Caller) -> Caller:
        """The same, of a request that is to be carried out once."""
        tenant = request.path_params.get("tenant")
        claim = await claim_of(request, caller.principal.identity, None if tenant is None else TenantId(tenant))
        if claim is not None:
            await look(self.answers, claim)
            request.state.claim = claim
        return replace(caller, claim=claim)

    async def refuse(self, caller: Caller, decision: Decision, tenant: str | None, resource: str) -> None:
        """Note that somebody was not allowed something, and answer so.

        Raises:
            Problem: 403; 404 for a tenant that they may not read.
        """
        ruling = Ruling(allowed=False, rule=decision.rule)
        whose = TenantId(tenant) if tenant is not None and is_slug(tenant) else None
        await self.denied(entry_of(caller.principal, caller.asked, Action.ACCESS_DENIED, whose, resource, ruling))
        if tenant is not None and not caller.may_read(tenant):
            raise unknown_tenant(tenant)
        raise Problem(403, "not-allowed", denial_text(decision))

    async def _principal(self, request: Request, table: AccessTable) -> Principal:
        peer = request.client.host if request.client else ""
        shown = request.headers.get("authorization", "")
        if len(request.headers.getlist("authorization")) != 1 or not shown.lower().startswith(_BEARER):
            self.pace.take(f"address {peer}")
            raise Problem(
                401, "not-authenticated", "send one header `Authorization: Bearer`, a key or an access token"
            )
        found = await self.authentication.principal(shown[len(_BEARER) :].strip(), address_of(peer), table)
        if isinstance(found, NotAuthenticated):
            self.pace.take(f"address {peer}")
            raise Problem(401, "not-authenticated", found.detail)
        return found


def unknown_tenant(tenant: str) -> Problem:
    """The answer for a tenant that there is not, and for one that the caller may not know of."""
    return Problem(404, "unknown-tenant", f"there is no tenant {tenant[:63]!r} that you may read")


def denial_text(decision: Decision) -> str:
    """Why it was denied, and what would have allowed it."""
    wanted = f"; it takes {decision.would_allow}" if decision.would_allow else ""
    return f"denied ({decision.reason}) by {decision.rule}{wanted}"


@dataclass(frozen=True, slots=True)
class Needs:
    """The one permission that a route asks for."""

    permission: Permission

    async def __call__(self, request: Request) -> Caller:
        """Who asks, if they may."""
        return await _guard(request).admit(request, self.permission, Caller.decide)


@dataclass(frozen=True, slots=True)
class NeedsToApprove(Needs):
    """The one permission that a route asks for, of whoever decides what others have proposed."""

    async def __call__(self, request: Request) -> Caller:
        """Who asks, if they may: not yet known is whether they proposed it themselves."""
        return await _guard(request).admit(request, self.permission, Caller.approve)


@dataclass(frozen=True, slots=True)
class NeedsOrProposes(Needs):
    """The one permission that a route asks for, also of whoever may only propose what it does."""

    async def __call__(self, request: Request) -> Caller:
        """Who asks, if they may, or may if somebody else approves: the route asks which."""
        return await _guard(request).admit(request, self.permission, _or_proposes)


def _or_proposes(caller: Caller, permission: Permission, tenant: str | None) -> Decision:
    decision = caller.decide(permission, tenant)
    return replace(decision, allowed=True) if decision.reason is Reason.NEEDS_APPROVAL else decision


@dataclass(frozen=True, slots=True)
class NeedsOfEach(Needs):
    """The one permission that a route asks for, of each tenant that it lists."""

    async def __call__(self, request: Request) -> Caller:
        """Who asks: the route leaves out what they may not read."""
        return await _guard(request).known(request)


def needs(permission: Permission) -> Any:  # noqa: ANN401 - as FastAPI has it
    """Asks for a permission: of the tenant in the path, or without one of the installation."""
    return Depends(Needs(permission))


def needs_to_approve(permission: Permission) -> Any:  # noqa: ANN401 - as above
    """Asks for a permission that takes a second person, of that person."""
    return Depends(NeedsToApprove(permission))


def needs_or_proposes(permission: Permission) -> Any:  # noqa: ANN401 - as above
    """Asks for a permission that may take a second person, of whoever proposes."""
    return Depends(NeedsOrProposes(permission))


def needs_of_each(permission: Permission) -> Any:  # noqa: ANN401 - as above
    """Asks for a permission of each tenant that is listed: the others are left out."""
    return Depends(NeedsOfEach(permission))


def _guard(request: Request) -> Guard:
    guard: Guard = request.app.state.guard
    return guard


def _route(request: Request) -> str:
    route: BaseRoute | None = request.scope.get("route")
    return f"{request.method} {getattr(route, 'path', '')}"
