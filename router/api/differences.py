"""`/tenants/{tenant}/configuration/diff`: what one version has otherwise than another, rule by rule."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Query

from router.api.answers import DifferenceAnswer, answered
from router.api.caller import Caller
from router.api.control import PREFIX, Control
from router.api.guard import needs
from router.api.tenants import standing_of
from router.control.access.permissions import Permission
from router.core.model.alert import TenantId
from router.errors import OperationError
from router.http.problems import Problem

_PATH: Final = "/tenants/{tenant}/configuration/diff"

Before = Annotated[int, Query(alias="from", ge=1, le=10**9, description="The version that it is compared with.")]
After = Annotated[int, Query(alias="to", ge=1, le=10**9, description="The version that is compared.")]


def routes(control: Control) -> APIRouter:
    """The route."""
    router = APIRouter(prefix=PREFIX, tags=["configuration"])

    @router.get(_PATH, summary="What one version has otherwise than another", **answered(DifferenceAnswer))
    async def diff(
        tenant: str, before: Before, after: After, caller: Annotated[Caller, needs(Permission.CONFIGURATION_READ)]
    ) -> dict[str, Any]:
        await standing_of(control, TenantId(tenant))
        try:
            found = await control.tenants(caller.attempt).compare(TenantId(tenant), before, after)
        except OperationError as error:
            raise Problem(404, "unknown-version", error.problem) from None
        return {
            "from": found.before,
            "to": found.after,
            "part": found.part,
            "changes": list(found.changes),
            "diff": found.diff,
        }

    return router
