"""Senders' tokens in the record; when one was used last is asked of Redis, where gateways note it."""

from router.adapters.postgres.changing import Record
from router.adapters.postgres.reading import live_tokens, tenant_of_token
from router.adapters.postgres.scope import scope, transaction
from router.core.model.alert import TenantId
from router.core.model.instant import NEVER
from router.core.model.token import ID_LENGTH
from router.ports.audit import Action
from router.ports.control import LiveToken, StoredTokens
from router.ports.record import Attempts, RecordedToken


class RecordedTokens:
    """All tokens of all tenants."""

    def __init__(self, record: Record, live: StoredTokens, attempts: Attempts) -> None:
        self._record = record
        self._live = live
        self._attempts = attempts

    async def add(self, tenant: TenantId, digest: str, at_most: int) -> bool:
        """Store a new token; False, and nothing stored, if the tenant has as many as `at_most` already."""
        entry = self._attempts(Action.TOKEN_CREATE, tenant, f"token/{digest[:ID_LENGTH]}")
        if len(await self._of(tenant)) >= at_most:
            return False
        async with self._record.changing(tenant, entry) as change:
            return await change.add_token(RecordedToken(digest, NEVER), at_most)

    async def live(self, tenant: TenantId) -> list[LiveToken]:
        """The tenant's tokens, oldest first."""
        used = {one.id: one.last_used_at for one in await self._live.live(tenant)}
        return [
            LiveToken(one.digest[:ID_LENGTH], one.created_at, used.get(one.digest[:ID_LENGTH], NEVER))
            for one in await self._of(tenant)
        ]

    async def revoke(self, tenant: TenantId, id_: str) -> bool:
        """Revoke a token; False if the tenant has none with this id."""
        if id_ not in {one.digest[:ID_LENGTH] for one in await self._of(tenant)}:
            return False
        async with self._record.changing(
            tenant, self._attempts(Action.TOKEN_REVOKE, tenant, f"token/{id_}")
        ) as change:
            return bool(await change.revoke_tokens(id_))

    async def tenant_of(self, digest: str) -> TenantId | None:
        """Whose token it is."""
        async with transaction(self._record.engine) as connection:
            return await tenant_of_token(connection, digest)

    async def _of(self, tenant: TenantId) -> list[RecordedToken]:
        async with scope(self._record.engine, tenant) as connection:
            return await live_tokens(connection, tenant)
