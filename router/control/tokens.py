"""Senders' tokens: create, list, rotate and revoke them."""

import secrets
from dataclasses import dataclass
from typing import Final, Protocol

from router.core.model.alert import TenantId
from router.core.model.token import token_digest
from router.errors import OperationError
from router.ports.control import LiveToken, StoredTokens
from router.ports.tenants import Tenants

MAX_LIVE: Final = 2
"""A tenant has the token in use, and the next one while its senders change over."""

_PREFIX: Final = "ar_"
_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class RotatedToken:
    """The new token, and the id of the one that was revoked for it; None if there was room."""

    token: str
    revoked: str | None


class ChangingTokens(Protocol):
    """A tenant's tokens, as a rotation changes them."""

    async def live(self, tenant: TenantId) -> list[LiveToken]:
        """The tenant's tokens, oldest first, those that are not good among them."""

    async def create(self, tenant: TenantId) -> str:
        """A new token of the tenant."""

    async def revoke(self, tenant: TenantId, id_: str) -> None:
        """Revoke a token."""


async def rotated(tokens: ChangingTokens, tenant: TenantId, *, force: bool) -> RotatedToken:
    """A new token; where there are two already, the older one is revoked for it.

    Raises:
        OperationError: the older token is in use and `force` is not set; and as for each step.
    """
    live = [one for one in await tokens.live(tenant) if one.untrusted is None]
    oldest = live[0] if len(live) >= MAX_LIVE else None
    if oldest is not None:
        if not force and oldest.last_used_at > max(one.last_used_at for one in live[1:]):
            raise OperationError(
                f"the older token {oldest.id} of tenant {tenant!r} is the one in use, and would be revoked",
                remedy="bring the newer one to the senders first, or add --force",
            )
        await tokens.revoke(tenant, oldest.id)
    return RotatedToken(await tokens.create(tenant), oldest.id if oldest else None)


class TokenControl:
    """What an operator may do with senders' tokens."""

    def __init__(self, tokens: StoredTokens, tenants: Tenants) -> None:
        self._tokens = tokens
        self._tenants = tenants

    async def create(self, tenant: TenantId) -> str:
        """A new token of the tenant. Only its digest is stored, so it cannot be shown again.

        Raises:
            OperationError: the tenant has no configuration, or as many tokens as it may have.
        """
        if await self._tenants.active(tenant) is None:
            raise OperationError(f"tenant {tenant!r} has no configuration", remedy="apply one first")
        token = _PREFIX + secrets.token_urlsafe(_BYTES)
        if not await self._tokens.add(tenant, token_digest(token), MAX_LIVE):
            raise OperationError(
                f"tenant {tenant!r} has {MAX_LIVE} live tokens, the most it may have",
                remedy="revoke one first: "
                f"alert-router token list {tenant}, then alert-router token revoke {tenant} ID",
            )
        return token

    async def rotate(self, tenant: TenantId, *, force: bool) -> RotatedToken:
        """A new token; where there are two already, the older one is revoked for it.

        Raises:
            OperationError: the tenant has no configuration, or the older token is in use and `force` is not set.
        """
        return await rotated(self, tenant, force=force)

    async def is_live(self, tenant: TenantId, token: str) -> bool:
        """Whether this is a token of the tenant that has not been revoked."""
        return await self._tokens.tenant_of(token_digest(token)) == tenant

    async def live(self, tenant: TenantId) -> list[LiveToken]:
        """The tenant's tokens, oldest first, those that are not good among them."""
        return await self._tokens.live(tenant)

    async def revoke(self, tenant: TenantId, id_: str) -> None:
        """Revoke a token: requests that use it are refused.

        Raises:
            OperationError: the tenant has no token with this id, which is not repeated: it may be the token itself.
        """
        if not await self._tokens.revoke(tenant, id_):
            raise OperationError(
                f"tenant {tenant!r} has no token of that id", remedy=f"see: alert-router token list {tenant}"
            )
