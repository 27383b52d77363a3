"""`/audit` and `/tenants/{tenant}/audit`: who changed what, newest first."""

import json
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query
from pydantic.json_schema import SkipJsonSchema

from router.api.answers import EntryAnswer, Listed, answered
from router.api.control import PREFIX, Control
from router.api.guard import needs
from router.api.pages import Page, page
from router.api.tenants import standing_of
from router.control.access.permissions import Permission
from router.core.model.alert import TenantId
from router.http.problems import Problem
from router.ports.audit import AuditRow

Before = Annotated[
    int | SkipJsonSchema[None], Query(ge=0, le=10**18, description="Only entries before this one, on the first page.")
]
_READS: Final = [needs(Permission.AUDIT_READ)]


def routes(control: Control) -> APIRouter:
    """The routes."""
    router = APIRouter(prefix=PREFIX, tags=["audit"])

    @router.get(
        "/tenants/{tenant}/audit",
        summary="The entries about a tenant",
        dependencies=_READS,
        **answered(Listed[EntryAnswer]),
    )
    async def of_tenant(tenant: str, asked: Annotated[Page, Depends(page)], before: Before = None) -> dict[str, Any]:
        await standing_of(control, TenantId(tenant))
        return await _entries(control, TenantId(tenant), asked, before)

    @router.get(
        "/audit",
        summary="The entries about all tenants and the installation",
        dependencies=_READS,
        **answered(Listed[EntryAnswer]),
    )
    async def of_all(asked: Annotated[Page, Depends(page)], before: Before = None) -> dict[str, Any]:
        return await _entries(control, None, asked, before)

    return router


async def _entries(control: Control, tenant: TenantId | None, asked: Page, before: int | None) -> dict[str, Any]:
    if control.audit is None:
        raise Problem(
            503, "audit-not-configured", "nobody here reads the audit log: ALERT_ROUTER_AUDIT__URL is not set"
        )
    rows = await control.audit.newest(tenant, asked.number_after if asked.after else before, asked.limit + 1)
    return asked.of([_entry(row) for row in rows], "seq")


def _entry(row: AuditRow) -> dict[str, Any]:
    """An entry as it is stored."""
    entry: dict[str, Any] = json.loads(row.entry)
    return {**entry, "seq": row.seq}
