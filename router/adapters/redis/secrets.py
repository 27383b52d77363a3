"""Tenants' secrets as sealed texts, one hash a tenant. A copy of Redis is useless without the key."""

from typing import Final

from redis.exceptions import WatchError

from router.adapters.redis import keys
from router.adapters.redis.command import COMMANDS
from router.adapters.redis.connection import Connection
from router.adapters.redis.server import Pipeline
from router.core.model.alert import TenantId
from router.core.model.rules.names import SecretName

_PATTERN: Final = keys.tenant_key(TenantId("*"), "secrets")
_BEFORE, _, _AFTER = _PATTERN.partition("*")


class SecretRepository:
    """All sealed texts of all tenants; each is looked up under its tenant's own key."""

    def __init__(self, connection: Connection) -> None:
        self._redis = connection

    async def find(self, tenant: TenantId, name: SecretName) -> str | None:
        """One sealed text."""
        text: str | None = await self._redis.ask(COMMANDS.hget(_key(tenant), name))
        return text

    async def all_of(self, tenant: TenantId) -> dict[SecretName, str]:
        """A tenant's sealed texts by name, in order."""
        rows = await self._redis.ask(COMMANDS.hgetall(_key(tenant)))
        return {SecretName(name): rows[name] for name in sorted(rows)}

    async def store(self, tenant: TenantId, name: SecretName, text: str) -> None:
        """Keep a sealed text in place of the one before."""
        await self._redis.ask(COMMANDS.hset(_key(tenant), name, text))

    async def remove(self, tenant: TenantId, name: SecretName) -> bool:
        """Remove a sealed text; False if there is none."""
        return bool(await self._redis.ask(COMMANDS.hdel(_key(tenant), name)))

    async def replace(self, tenant: TenantId, name: SecretName, before: str, text: str) -> bool:
        """Keep a sealed text in place of this one; False, and nothing done, if somebody changed it meanwhile."""

        async def replace(pipeline: Pipeline) -> bool:
            await pipeline.watch(_key(tenant))
            if await pipeline.hget(_key(tenant), name) != before:
                return False
            pipeline.multi()
            pipeline.hset(_key(tenant), name, text)
            await pipeline.execute()
            return True

        try:
            return await self._redis.atomically(_key(tenant), replace)
        except WatchError:
            return False

    async def tenants(self) -> list[TenantId]:
        """Who has secrets, in order; also tenants whose configuration was not applied yet."""
        found = {key async for some in self._redis.scan_everywhere(_PATTERN) for key in some}
        between = (key.removeprefix(_BEFORE).removesuffix(_AFTER) for key in found)
        return sorted(TenantId(name) for name in between if ":" not in name)


def _key(tenant: TenantId) -> str:
    return keys.tenant_key(tenant, "secrets")
