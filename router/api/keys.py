"""`/tenants/{tenant}/keys` and `/keys`: API keys, for what has no identity provider."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from router.api.answers import Items, KeyAnswer, NewKey, answered
from router.api.caller import Caller
from router.api.control import PREFIX, Control
from router.api.guard import Guard, needs
from router.api.once import Once
from router.api.tenants import standing_of
from router.api.times import time_json
from router.control.access.deciding import decide_grant
from router.control.access.permissions import Permission
from router.control.access.principal import Grant
from router.control.keys import KeyRequest
from router.core.model.alert import TenantId
from router.core.model.instant import HOUR, Span
from router.http.problems import Problem
from router.ports.identity import ApiKey

_OF_TENANT: Final = "/tenants/{tenant}/keys"
_KEYS: Final = answered(Items[KeyAnswer])
_MADE: Final = answered(NewKey)
_OF_ALL: Final = "/keys"

Lists = Annotated[Caller, needs(Permission.KEY_LIST)]
Writes = Annotated[Caller, needs(Permission.KEY_WRITE)]
KeyId = Annotated[str, Path(pattern=r"^[0-9a-f]{8}$")]


class WantedKey(BaseModel):
    """A key as somebody wants it."""

    model_config = ConfigDict(extra="forbid")

    role: str = Field(min_length=1, max_length=63)
    name: str = Field(default="", max_length=100)
    networks: list[str] = Field(default_factory=list, max_length=20)
    days: int = Field(default=90, ge=1, le=366)


def routes(control: Control) -> APIRouter:
    """The routes."""
    router = APIRouter(prefix=PREFIX, tags=["keys"], route_class=Once)

    @router.get(_OF_TENANT, summary="A tenant's API keys, oldest first", **_KEYS)
    async def of_tenant(tenant: str, caller: Lists) -> dict[str, Any]:
        await standing_of(control, TenantId(tenant))
        return await _listed(control, caller, TenantId(tenant))

    @router.get(_OF_ALL, summary="API keys for all tenants, oldest first", **_KEYS)
    async def of_all(caller: Lists) -> dict[str, Any]:
        return await _listed(control, caller, None)

    @router.post(
        _OF_TENANT, status_code=201, summary="Make an API key for a tenant, which is shown this once", **_MADE
    )
    async def create(
        request: Request, response: Response, tenant: str, wanted: WantedKey, caller: Writes
    ) -> dict[str, Any]:
        await standing_of(control, TenantId(tenant))
        return await _created(control, request, response, caller, TenantId(tenant), wanted)

    @router.post(
        _OF_ALL, status_code=201, summary="Make an API key for all tenants, which is shown this once", **_MADE
    )
    async def create_for_all(
        request: Request, response: Response, wanted: WantedKey, caller: Writes
    ) -> dict[str, Any]:
        return await _created(control, request, response, caller, None, wanted)

    @router.delete(f"{_OF_TENANT}/{{key}}", status_code=204, summary="Revoke a tenant's API key")
    async def revoke(tenant: str, key: KeyId, caller: Writes) -> None:
        await standing_of(control, TenantId(tenant))
        await _revoked(control, caller, TenantId(tenant), key)

    @router.delete(f"{_OF_ALL}/{{key}}", status_code=204, summary="Revoke an API key for all tenants")
    async def revoke_of_all(key: KeyId, caller: Writes) -> None:
        await _revoked(control, caller, None, key)

    return router


async def _listed(control: Control, caller: Caller, tenant: TenantId | None) -> dict[str, Any]:
    return {"items": [_facts(one) for one in await control.keys(caller.attempt).keys.live(tenant)]}


async def _created(
    control: Control, request: Request, response: Response, caller: Caller, tenant: TenantId | None, wanted: WantedKey
) -> dict[str, Any]:
    grant = Grant(wanted.role, None if tenant is None else frozenset({str(tenant)}))
    decision = decide_grant(caller.table, caller.principal, grant, caller.now)
    if not decision.allowed:
        guard: Guard = request.app.state.guard
        await guard.refuse(caller, decision, tenant, f"{Permission.KEY_WRITE}: a key of role {wanted.role}")
    lasts = Span(wanted.days * 24 * HOUR)
    asked = KeyRequest(tenant, wanted.role, wanted.name, tuple(wanted.networks), lasts)
    text, made = await control.keys(caller.attempt).create(asked, caller.principal, decision.until)
    response.headers["Cache-Control"] = "no-store"
    return {**_facts(made), "key": text}


async def _revoked(control: Control, caller: Caller, tenant: TenantId | None, key: str) -> None:
    keys = control.keys(caller.attempt).keys
    if key not in {one.id for one in await keys.live(tenant)} or not await keys.revoke(tenant, key):
        raise Problem(404, "unknown-key", "there is no key of that id")


def _facts(one: ApiKey) -> dict[str, Any]:
    return {
        "id": one.id,
        "tenant": one.tenant,
        "name": one.name,
        "role": one.role,
        "networks": list(one.networks),
        "maker": one.maker,
        "created_at": time_json(one.created_at),
        "expires_at": time_json(one.expires_at),
    }
