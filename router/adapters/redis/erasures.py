"""Erasures of tenants, and what Redis holds of one that is erased."""

import json
from collections.abc import Sequence
from typing import Any, Final

from router.adapters.redis import keys
from router.adapters.redis.command import COMMANDS
from router.adapters.redis.connection import Connection
from router.adapters.redis.signatures import NOTHING_SIGNED, Signatures
from router.adapters.redis.tenants import TenantRepository
from router.adapters.redis.tokens import TokenRepository
from router.core.model.alert import TenantId
from router.core.model.instant import HOUR, Instant
from router.core.pool import SHARED, Pool
from router.ports.erasure import Erasure, Step
from router.ports.record import Permit, anybody

_FORM: Final = 1


class ErasureRepository:
    """How far each erasure has come, by tenant."""

    def __init__(self, connection: Connection, permit: Permit = anybody) -> None:
        self._redis = connection
        self._permit = permit

    async def find(self, tenant: TenantId) -> Erasure | None:
        """The erasure of a tenant; None where there is none."""
        text = await self._redis.ask(COMMANDS.hget(keys.ERASED, tenant))
        return None if text is None else _read(tenant, json.loads(text))

    async def keep(self, erasure: Erasure) -> None:
        """Store how far it has come."""
        await self._permit(erasure.tenant)
        await self._redis.ask(COMMANDS.hset(keys.ERASED, erasure.tenant, json.dumps(_written(erasure))))

    async def restore(self, tenant: TenantId, now: Instant) -> None:
        """Store that the tenant was erased, where that was lost."""
        tombstone = Erasure(tenant, now, tuple(Step), ended_at=now)
        await self._redis.ask(COMMANDS.hsetnx(keys.ERASED, tenant, json.dumps(_written(tombstone))))


class RedisParts:
    """What Redis holds of a tenant."""

    def __init__(
        self, connection: Connection, signatures: Signatures = NOTHING_SIGNED, pools: Sequence[Pool] = (SHARED,)
    ) -> None:
        self._redis = connection
        self._turns = [keys.turns_key(pool) for pool in pools]
        self._tenants = TenantRepository(connection, signatures)
        self._tokens = TokenRepository(connection, signatures)

    async def suspend(self, tenant: TenantId) -> None:
        """Send nothing for the tenant from now on."""
        await self._tenants.suspend(tenant)

    async def revoke(self, tenant: TenantId) -> None:
        """Revoke all tokens of its senders, those that nobody trusts among them."""
        for token in await self._tokens.live(tenant):
            await self._tokens.revoke(tenant, token.id)

    async def delete_keys(self, tenant: TenantId) -> None:
        """Delete all keys of its own, again as long as there are any: what was in flight may have stored one."""
        await self._tenants.remove(tenant)
        while await self._has_keys(tenant):
            await self._tenants.remove(tenant)

    async def delete_entries(self, tenant: TenantId) -> None:
        """Delete its entries in the index, but for those by which it is known as removed."""
        hour = await self._redis.now() // HOUR
        listed = (*self._turns, keys.SERVED, keys.HOLDING, keys.HEARD, keys.busy_key(hour), keys.busy_key(hour - 1))
        await self._redis.ask_all([COMMANDS.zrem(key, tenant) for key in listed])

    async def _has_keys(self, tenant: TenantId) -> bool:
        return any([bool(found) async for found in self._redis.scan(keys.tenant_pattern(tenant))])


def _written(erasure: Erasure) -> dict[str, Any]:
    return {
        "v": _FORM,
        "begun_at": erasure.begun_at,
        "done": list(erasure.done),
        "edited": erasure.edited,
        "unedited": erasure.unedited,
        "ended_at": erasure.ended_at,
    }


def _read(tenant: TenantId, stored: dict[str, Any]) -> Erasure:
    return Erasure(
        tenant,
        Instant(stored["begun_at"]),
        tuple(Step(one) for one in stored["done"]),
        stored["edited"],
        stored["unedited"],
        Instant(stored["ended_at"]),
    )
