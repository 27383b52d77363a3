"""`/tenants/{tenant}/groups`: what fires now, where it is shown, and what comes next."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Path, Query

from router.api.answers import Listed, answered
from router.api.control import PREFIX, Control
from router.api.guard import needs
from router.api.live_answers import GroupAnswer, WholeGroup
from router.api.pages import Page, cursor_of, page
from router.api.tenants import live_of
from router.control.access.permissions import Permission
from router.control.group_json import group_json, whole_json
from router.control.groups import wanted_matchers
from router.control.silences import MAX_MATCHERS, MAX_TEXT
from router.core.model.alert import TenantId
from router.core.model.key import GroupId
from router.errors import OperationError
from router.http.problems import Problem

_PATH: Final = "/tenants/{tenant}/groups"

_READS: Final = [needs(Permission.GROUP_READ)]
Key = Annotated[str, Path(pattern=r"^[0-9a-f]{32}(-digest)?$", description="Its id, as it is listed.")]
Matchers = Annotated[
    list[Annotated[str, Query(max_length=MAX_TEXT)]],
    Query(max_length=MAX_MATCHERS, description="Matchers that one of its alerts must fit; all of them."),
]


def routes(control: Control) -> APIRouter:
    """The routes."""
    router = APIRouter(prefix=PREFIX, tags=["groups"])

    @router.get(_PATH, summary="The alert groups that are open", dependencies=_READS, **answered(Listed[GroupAnswer]))
    async def listed(
        tenant: str,
        asked: Annotated[Page, Depends(page)],
        matcher: Matchers = [],  # noqa: B006 - it is not changed
    ) -> dict[str, Any]:
        await live_of(control, TenantId(tenant))
        wanted = wanted_matchers(matcher)
        async with control.turns.of(TenantId(tenant)):
            found = await control.groups.page(TenantId(tenant), wanted, GroupId(asked.after), asked.limit)
        more = {"next": cursor_of(found.after)} if found.after else {}
        return {"items": [group_json(one) for one in found.groups], **more}

    @router.get(
        f"{_PATH}/{{group}}", summary="An alert group with its alerts", dependencies=_READS, **answered(WholeGroup)
    )
    async def one(tenant: str, group: Key) -> dict[str, Any]:
        await live_of(control, TenantId(tenant))
        try:
            return whole_json(await control.groups.find(TenantId(tenant), GroupId(group)))
        except OperationError as error:
            raise Problem(404, "unknown-group", error.problem) from None

    return router
