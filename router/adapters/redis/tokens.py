"""Senders' tokens, stored as digests: who holds a copy of Redis can let nobody in."""

import hashlib
import secrets
from typing import Final

from router.adapters.redis import keys
from router.adapters.redis.connection import Connection, translated
from router.core.alert import TenantId

_PREFIX: Final = "ar_"


def token_digest(token: str) -> str:
    """What is stored of a token. The tokens are random, so a plain SHA-256 cannot be guessed back."""
    return hashlib.sha256(token.encode()).hexdigest()


class TokenRepository:
    """All tokens of all tenants."""

    def __init__(self, connection: Connection) -> None:
        self._client = connection.client

    async def create(self, tenant: TenantId) -> str:
        """A new token of the tenant; it can be seen here and never again."""
        token = _PREFIX + secrets.token_urlsafe(32)
        with translated():
            await self._client.hset(keys.TOKENS, token_digest(token), tenant)
        return token

    async def tenant_of(self, digest: str) -> TenantId | None:
        """Whose token this is."""
        with translated():
            tenant = await self._client.hget(keys.TOKENS, digest)
        return TenantId(tenant) if tenant else None

    async def all(self) -> dict[str, TenantId]:
        """Every digest and its tenant."""
        with translated():
            rows = await self._client.hgetall(keys.TOKENS)
        return {digest: TenantId(tenant) for digest, tenant in rows.items()}
