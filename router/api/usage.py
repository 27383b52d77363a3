"""`/tenants/{tenant}/usage`: what a tenant uses of what is bounded."""

from typing import Any

from fastapi import APIRouter

from router.api.answers import Items, UseAnswer, answered
from router.api.control import PREFIX, Control
from router.api.guard import needs
from router.api.tenants import live_of
from router.control.access.permissions import Permission
from router.control.usage import use_json
from router.core.model.alert import TenantId


def routes(control: Control) -> APIRouter:
    """The route."""
    router = APIRouter(prefix=PREFIX, tags=["usage"])

    @router.get(
        "/tenants/{tenant}/usage",
        summary="What a tenant uses of what is bounded",
        dependencies=[needs(Permission.TENANT_READ)],
        **answered(Items[UseAnswer]),
    )
    async def usage(tenant: str) -> dict[str, Any]:
        await live_of(control, TenantId(tenant))
        found = await control.usage.of(TenantId(tenant))
        return {"items": [use_json(one) for one in found]}

    return router
