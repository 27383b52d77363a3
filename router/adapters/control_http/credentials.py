"""Senders' tokens, tenants' secrets and API keys by a control API."""

from router.adapters.control_http.asking import ControlServer, Question
from router.adapters.control_http.reading import (
    KeyFacts,
    NameFacts,
    NewTokenFacts,
    TenantFacts,
    TokenFacts,
    listed,
    read,
    tenant_path,
)
from router.control.keys import KeyRequest
from router.control.secrets import SecretUse
from router.control.tokens import RotatedToken, rotated
from router.core.model.alert import TenantId
from router.core.model.instant import HOUR
from router.core.model.rules.names import SecretName
from router.core.model.token import token_id
from router.errors import OperationError
from router.ports.control import LiveToken
from router.ports.identity import ApiKey


class RemoteTokens:
    """See `SenderTokens`."""

    def __init__(self, server: ControlServer) -> None:
        self._server = server

    async def create(self, tenant: TenantId) -> str:
        """A new token of the tenant."""
        answer = await self._server.ask(Question("POST", tenant_path(tenant, "tokens")))
        return read(answer, NewTokenFacts).token

    async def rotate(self, tenant: TenantId, *, force: bool) -> RotatedToken:
        """A new token; where there are two already, the older one is revoked for it."""
        return await rotated(self, tenant, force=force)

    async def is_live(self, tenant: TenantId, token: str) -> bool:
        """Whether the tenant has a token of this one's id, which is a part of its digest."""
        return token_id(token) in {one.id for one in await self.live(tenant)}

    async def live(self, tenant: TenantId) -> list[LiveToken]:
        """The tenant's tokens, oldest first."""
        found = listed(self._server, tenant_path(tenant, "tokens"), TokenFacts)
        return [LiveToken(one.id, one.created_at, one.last_used_at, one.untrusted) async for one in found]

    async def revoke(self, tenant: TenantId, id_: str) -> None:
        """Revoke a token."""
        await self._server.ask(Question("DELETE", tenant_path(tenant, "tokens", id_)))


class RemoteSecrets:
    """See `TenantSecrets`."""

    def __init__(self, server: ControlServer) -> None:
        self._server = server

    async def prepare(self, tenant: TenantId, name: SecretName) -> SecretUse:  # noqa: ARG002 - as the protocol has it
        """Whether the tenant is there; whether something takes precedence, nobody knows from here."""
        found = read(await self._server.ask(Question("GET", tenant_path(tenant))), TenantFacts)
        return SecretUse(tenant_is_configured=found.version is not None, overridden_by=None)

    async def put(self, tenant: TenantId, name: SecretName, value: str) -> None:
        """Store a secret."""
        await self._server.ask(Question("PUT", tenant_path(tenant, "secrets", name), body={"value": value}))

    async def names(self, tenant: TenantId) -> list[SecretName]:
        """The names of a tenant's secrets."""
        found = listed(self._server, tenant_path(tenant, "secrets"), NameFacts)
        return [SecretName(one.name) async for one in found]

    async def delete(self, tenant: TenantId, name: SecretName, *, force: bool) -> None:
        """Delete a secret."""
        query = {"force": "true" if force else None}
        await self._server.ask(Question("DELETE", tenant_path(tenant, "secrets", name), query))


class RemoteKeys:
    """See `ApiKeys`."""

    def __init__(self, server: ControlServer) -> None:
        self._server = server

    async def create(self, request: KeyRequest) -> tuple[str, ApiKey]:
        """A new key, of which the caller is the maker."""
        body = {
            "role": request.role,
            "name": request.name,
            "networks": list(request.networks),
            "days": request.lasts // (24 * HOUR),
        }
        found = read(await self._server.ask(Question("POST", _keys(request.tenant), body=body)), KeyFacts)
        return found.key, _key(found)

    async def live(self, tenant: TenantId | None) -> list[ApiKey]:
        """The keys that are not revoked, oldest first."""
        return [_key(one) async for one in listed(self._server, _keys(tenant), KeyFacts)]

    async def revoke(self, tenant: TenantId | None, id_: str) -> bool:
        """Revoke a key; False if there is none of this id."""
        if id_ not in {one.id for one in await self.live(tenant)}:
            return False
        try:
            await self._server.ask(Question("DELETE", f"{_keys(tenant)}/{id_}"))
        except OperationError:
            if id_ in {one.id for one in await self.live(tenant)}:
                raise
            return False
        return True


def _keys(tenant: TenantId | None) -> str:
    return "/keys" if tenant is None else tenant_path(tenant, "keys")


def _key(one: KeyFacts) -> ApiKey:
    return ApiKey(
        id=one.id,
        tenant=None if one.tenant is None else TenantId(one.tenant),
        name=one.name,
        role=one.role,
        networks=one.networks,
        maker=one.maker,
        maker_issuer="",
        expires_at=one.expires_at,
        created_at=one.created_at,
    )
