"""`/isolation` and `/tenants/{tenant}/isolation`: how far tenants are kept apart, by the policy that is in force."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Response

from router.api.answers import IsolationAnswer, answered
from router.api.caller import Caller
from router.api.configuration import YAML
from router.api.control import PREFIX, Control
from router.api.guard import needs
from router.api.tenants import standing_of
from router.config.stored import pool_of, shard_size_of
from router.control.access.permissions import Permission
from router.control.isolation.in_force import Isolation
from router.control.isolation.reading import level_of
from router.core.model.alert import TenantId
from router.core.pool import shown_pool
from router.http.problems import Problem

_READS_ALL: Final = [needs(Permission.ISOLATION_READ)]
_Reads = Annotated[Caller, needs(Permission.TENANT_READ)]


def routes(control: Control) -> APIRouter:
    """The routes."""
    router = APIRouter(prefix=PREFIX, tags=["isolation"])

    @router.get(
        "/isolation",
        summary="The isolation policy that is in force, as it was written",
        dependencies=_READS_ALL,
        response_class=Response,
    )
    async def policy() -> Response:
        return Response(_in_force(control).text, media_type=YAML)

    @router.get(
        "/tenants/{tenant}/isolation",
        summary="How far a tenant is kept apart",
        **answered(IsolationAnswer),
    )
    async def of_tenant(tenant: str, caller: _Reads) -> dict[str, Any]:
        await standing_of(control, TenantId(tenant))
        active = await control.tenants(caller.attempt).active(TenantId(tenant))
        level = level_of(_in_force(control).policy, TenantId(tenant))
        return {
            "level": level.name,
            "data": level.data,
            "budget": level.budget,
            "keys": level.keys,
            "topic": level.topic,
            "workers": level.workers,
            "pool": shown_pool(pool_of(active.text)),
            "store": level.store,
            "region": level.region,
            "shard": shard_size_of(active.text),
        }

    return router


def _in_force(control: Control) -> Isolation:
    if control.isolation is None:
        raise Problem(
            404, "no-isolation-policy", "no policy is in force here: ALERT_ROUTER_CONTROL__ISOLATION_FILE is not set"
        )
    return control.isolation
