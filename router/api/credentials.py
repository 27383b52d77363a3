"""`/tenants/{tenant}/tokens` and `/secrets`: what senders and Slack are met with; a secret is never read back."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from router.api.answers import Items, NewToken, SecretAnswer, TokenAnswer, answered
from router.api.caller import Caller
from router.api.control import PREFIX, Control
from router.api.guard import needs
from router.api.once import Once
from router.api.tenants import standing_of
from router.api.times import time_json
from router.control.access.permissions import Permission
from router.core.model.alert import TenantId
from router.core.model.rules.names import SecretName
from router.core.model.token import token_id
from router.http.problems import Problem
from router.ports.control import LiveToken

_TOKENS: Final = "/tenants/{tenant}/tokens"
_SECRETS: Final = "/tenants/{tenant}/secrets"
MAX_SECRET: Final = 8 * 1024
"""Characters of a secret."""

Name = Annotated[str, Path(pattern=r"^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$")]
TokenName = Annotated[str, Path(pattern=r"^[0-9a-f]{8}$")]


class SecretValue(BaseModel):
    """A secret, on its way in."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    value: SecretStr = Field(min_length=1, max_length=MAX_SECRET)


def tokens(control: Control) -> APIRouter:
    """Routes for senders' tokens."""
    router = APIRouter(prefix=PREFIX, tags=["tokens"], route_class=Once)

    @router.get(_TOKENS, summary="The ids of senders' tokens, oldest first", **answered(Items[TokenAnswer]))
    async def listed(tenant: str, caller: Annotated[Caller, needs(Permission.TOKEN_LIST)]) -> dict[str, Any]:
        await standing_of(control, TenantId(tenant))
        return {"items": [_token(one) for one in await control.tokens(caller.attempt).live(TenantId(tenant))]}

    @router.post(_TOKENS, status_code=201, summary="Make a token, which is shown this once", **answered(NewToken))
    async def create(
        tenant: str, response: Response, caller: Annotated[Caller, needs(Permission.TOKEN_WRITE)]
    ) -> dict[str, Any]:
        await standing_of(control, TenantId(tenant))
        token = await control.tokens(caller.attempt).create(TenantId(tenant))
        response.headers["Cache-Control"] = "no-store"
        return {"tenant": tenant, "id": token_id(token), "token": token}

    @router.delete(f"{_TOKENS}/{{token}}", status_code=204, summary="Revoke a token")
    async def revoke(tenant: str, token: TokenName, caller: Annotated[Caller, needs(Permission.TOKEN_WRITE)]) -> None:
        await standing_of(control, TenantId(tenant))
        of_tenant = control.tokens(caller.attempt)
        if token not in {one.id for one in await of_tenant.live(TenantId(tenant))}:
            raise Problem(404, "unknown-token", "the tenant has no token of that id")
        await of_tenant.revoke(TenantId(tenant), token)

    return router


def secrets(control: Control) -> APIRouter:
    """Routes for secrets."""
    router = APIRouter(prefix=PREFIX, tags=["secrets"])

    @router.get(_SECRETS, summary="The names of secrets; nobody reads a secret back", **answered(Items[SecretAnswer]))
    async def listed(tenant: str, caller: Annotated[Caller, needs(Permission.SECRET_LIST)]) -> dict[str, Any]:
        await standing_of(control, TenantId(tenant))
        names = await control.secrets(caller.attempt).store.names(TenantId(tenant))
        return {"items": [{"name": name} for name in names]}

    @router.put(f"{_SECRETS}/{{name}}", status_code=204, summary="Set a secret")
    async def put(
        tenant: str, name: Name, secret: SecretValue, caller: Annotated[Caller, needs(Permission.SECRET_WRITE)]
    ) -> None:
        await standing_of(control, TenantId(tenant))
        stored = control.secrets(caller.attempt)
        stored.store.require_key()
        await stored.store.put(TenantId(tenant), SecretName(name), secret.value.get_secret_value())

    @router.delete(
        f"{_SECRETS}/{{name}}", status_code=204, summary="Delete a secret that the configuration does not name"
    )
    async def delete(
        tenant: str,
        name: Name,
        caller: Annotated[Caller, needs(Permission.SECRET_WRITE)],
        *,
        force: Annotated[bool, Query(description="Also if the configuration names it.")] = False,
    ) -> None:
        await standing_of(control, TenantId(tenant))
        stored = control.secrets(caller.attempt)
        if name not in await stored.store.names(TenantId(tenant)):
            raise Problem(404, "unknown-secret", "the tenant has no secret of that name")
        await stored.delete(TenantId(tenant), SecretName(name), force=force)

    return router


def _token(one: LiveToken) -> dict[str, Any]:
    return {
        "id": one.id,
        "created_at": time_json(one.created_at),
        "last_used_at": time_json(one.last_used_at),
        "untrusted": one.untrusted,
    }
