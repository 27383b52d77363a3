"""SenderTokens' tokens, stored as digests: who holds a copy of Redis can let nobody in.

A tenant has two live tokens at most: the one in use, and the next one while senders change over.
"""

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from redis.exceptions import WatchError

from router.adapters.redis import keys
from router.adapters.redis.connection import Connection, translated
from router.core.model.alert import TenantId
from router.core.model.instant import NEVER, Instant, parse_rfc3339, to_rfc3339
from router.errors import OperationError, UnavailableError

MAX_LIVE: Final = 2

_PREFIX: Final = "ar_"
_SCHEMA: Final = 1
_ID_LENGTH: Final = 8
_ATTEMPTS: Final = 20


def token_digest(token: str) -> str:
    """What is stored of a token. The tokens are random, so a plain SHA-256 cannot be guessed back."""
    return hashlib.sha256(token.encode()).hexdigest()


def token_id(token: str) -> str:
    """How a token is named: by the first digits of its digest."""
    return token_digest(token)[:_ID_LENGTH]


@dataclass(frozen=True, slots=True)
class LiveToken:
    """A token as it is listed; `created_at` is NEVER where it was made before that was kept."""

    id: str
    created_at: Instant


@dataclass(frozen=True, slots=True)
class _Stored:
    tenant: TenantId
    created_at: Instant


class TokenRepository:
    """All tokens of all tenants."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._client = connection.client

    async def create(self, tenant: TenantId) -> str:
        """A new token of the tenant; it can be seen here and never again.

        Raises:
            OperationError: the tenant has as many as it may have.
        """
        token = _PREFIX + secrets.token_urlsafe(32)
        value = _written(tenant, await self._connection.now())
        for _ in range(_ATTEMPTS):
            with translated():
                if await self._add(tenant, token_digest(token), value):
                    return token
        raise UnavailableError("Redis: tokens are being changed by others; try again")

    async def _add(self, tenant: TenantId, digest: str, value: str) -> bool:
        """Store it unless the tenant has enough; False if any token was changed while counting."""
        async with self._client.pipeline(transaction=True) as pipeline:
            await pipeline.watch(keys.TOKENS)
            if len(_of(tenant, await pipeline.hgetall(keys.TOKENS))) >= MAX_LIVE:
                raise OperationError(
                    f"tenant {tenant!r} has {MAX_LIVE} live tokens, as many as it may; revoke one first: "
                    f"alert-router token list {tenant}, then alert-router token revoke {tenant} ID"
                )
            pipeline.multi()
            pipeline.hset(keys.TOKENS, digest, value)
            try:
                await pipeline.execute()
            except WatchError:
                return False
        return True

    async def live(self, tenant: TenantId) -> list[LiveToken]:
        """The tenant's tokens, oldest first."""
        with translated():
            rows = await self._client.hgetall(keys.TOKENS)
        tokens = [LiveToken(digest[:_ID_LENGTH], one.created_at) for digest, one in _of(tenant, rows).items()]
        return sorted(tokens, key=lambda token: (token.created_at, token.id))

    async def revoke(self, tenant: TenantId, id_: str) -> bool:
        """Let nobody in with this token any more; False if the tenant has none of this id."""
        with translated():
            rows = await self._client.hgetall(keys.TOKENS)
            named = [digest for digest in _of(tenant, rows) if digest[:_ID_LENGTH] == id_]
            return bool(named and await self._client.hdel(keys.TOKENS, *named))

    async def tenant_of(self, digest: str) -> TenantId | None:
        """Whose token this is."""
        with translated():
            value = await self._client.hget(keys.TOKENS, digest)
        stored = _read(value) if value else None
        return stored.tenant if stored else None

    async def all(self) -> dict[str, TenantId]:
        """Every digest and its tenant."""
        with translated():
            rows = await self._client.hgetall(keys.TOKENS)
        return {digest: stored.tenant for digest, value in rows.items() if (stored := _read(value))}

    async def nothing_is_known(self) -> bool:
        """Whether there is neither a token nor a tenant: a new Redis, or one that has lost its data."""
        with translated():
            return not await self._client.exists(keys.TOKENS, keys.TENANTS)


def _of(tenant: TenantId, rows: Mapping[str, str]) -> dict[str, _Stored]:
    read = {digest: _read(value) for digest, value in rows.items()}
    return {digest: stored for digest, stored in read.items() if stored and stored.tenant == tenant}


def _written(tenant: TenantId, created_at: Instant) -> str:
    return json.dumps({"v": _SCHEMA, "tenant": tenant, "created_at": to_rfc3339(created_at)})


def _read(value: str) -> _Stored | None:
    """A stored value; the first versions kept the tenant alone. What cannot be read is nobody's token."""
    if not value.startswith("{"):
        return _Stored(TenantId(value), NEVER)
    try:
        stored = json.loads(value)
    except ValueError:
        return None
    tenant = stored.get("tenant")
    return _Stored(TenantId(tenant), _instant(stored.get("created_at"))) if isinstance(tenant, str) else None


def _instant(text: object) -> Instant:
    try:
        return parse_rfc3339(str(text))
    except ValueError:
        return NEVER
