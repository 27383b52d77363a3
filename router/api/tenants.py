"""`/tenants`: which there are, and how each stands."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends

from router.api.answers import TenantAnswer, TenantsAnswer, answered
from router.api.caller import Caller
from router.api.conditions import Seen, seen
from router.api.control import PREFIX, Control
from router.api.guard import needs, needs_of_each, unknown_tenant
from router.api.pages import Page, page
from router.api.times import time_json
from router.control.access.permissions import Permission
from router.control.tenants import TenantControl
from router.core.model.alert import TenantId
from router.errors import UnavailableError
from router.http.cells import wrong_cell
from router.ports.record import Standing


def routes(control: Control) -> APIRouter:
    """The routes."""
    router = APIRouter(prefix=PREFIX, tags=["tenants"])

    @router.get("/tenants", summary="The tenants that the caller may read, by name", **answered(TenantsAnswer))
    async def listed(
        caller: Annotated[Caller, needs_of_each(Permission.TENANT_READ)], asked: Annotated[Page, Depends(page)]
    ) -> dict[str, Any]:
        some = [one for one in await control.standing() if not one.is_gone and one.tenant > asked.after]
        read = [one for one in some if caller.may_read(one.tenant)]
        found = asked.of([_facts(one) for one in read[: asked.limit + 1]], "tenant")
        return await _with_holds(control.tenants(caller.attempt), found)

    @router.get(
        "/tenants/{tenant}",
        summary="How a tenant stands",
        dependencies=[needs(Permission.TENANT_READ)],
        **answered(TenantAnswer),
    )
    async def one(tenant: str) -> dict[str, Any]:
        return _facts(await standing_of(control, TenantId(tenant)))

    @router.delete("/tenants/{tenant}", status_code=204, summary="Delete a tenant, with all that is stored of it")
    async def remove(
        tenant: str,
        caller: Annotated[Caller, needs(Permission.TENANT_WRITE)],
        condition: Annotated[Seen, Depends(seen)],
    ) -> None:
        await standing_of(control, TenantId(tenant))
        await control.offboarding(caller.attempt).delete(TenantId(tenant), condition.version)

    return router


async def _with_holds(tenants: TenantControl, found: dict[str, Any]) -> dict[str, Any]:
    """A page with since when nothing is sent, for everybody or for one; without that where Redis does not answer."""
    try:
        suspended = await tenants.suspended_since([TenantId(one["tenant"]) for one in found["items"]])
        held_since = await tenants.held_since()
    except UnavailableError:
        return found
    items = [{**one, "suspended_since": time_json(suspended[one["tenant"]])} for one in found["items"]]
    return {**found, "items": items, "held_since": time_json(held_since)}


async def standing_of(control: Control, tenant: TenantId) -> Standing:
    """How a tenant stands.

    Raises:
        Problem: 404, where there is none.
    """
    found = next((one for one in await control.standing() if one.tenant == tenant and not one.is_gone), None)
    if found is None:
        raise unknown_tenant(tenant)
    return found


async def live_of(control: Control, tenant: TenantId) -> Standing:
    """How a tenant stands of whom Redis or Kafka is asked: those of this cell.

    Raises:
        Problem: 404, where there is none, 421 for a tenant of another cell.
    """
    found = await standing_of(control, tenant)
    if found.cell != control.cells.own:
        raise wrong_cell(found.cell, control.cells.control_url(found.cell))
    return found


def _facts(one: Standing) -> dict[str, Any]:
    return {"tenant": one.tenant, "state": one.state, "version": one.version, "in_force": one.in_force}
