"""What tenants were notified of, by subject; each is forgotten when it may be repeated."""

from router.adapters.redis import keys
from router.adapters.redis.command import COMMANDS
from router.adapters.redis.connection import Connection
from router.core.model.alert import TenantId
from router.core.model.instant import MILLISECOND, Span


class RedisNotices:
    """The notices of all tenants."""

    def __init__(self, connection: Connection) -> None:
        self._redis = connection

    async def first(self, tenant: TenantId, subject: str, span: Span) -> bool:
        """Whether nobody has notified the tenant of this for so long; it is noted that somebody does now."""
        key, life = keys.tenant_key(tenant, "noticed", subject), max(1, span // MILLISECOND)
        return bool(await self._redis.ask(COMMANDS.set(key, "1", px=life, nx=True)))

    async def note(self, tenant: TenantId, subject: str, span: Span) -> None:
        """The tenant was notified of this: for so long nobody need be."""
        key, life = keys.tenant_key(tenant, "noticed", subject), max(1, span // MILLISECOND)
        await self._redis.ask(COMMANDS.set(key, "1", px=life))

    async def forget(self, tenant: TenantId, subject: str) -> None:
        """Nobody was notified after all."""
        await self._redis.ask(COMMANDS.delete(keys.tenant_key(tenant, "noticed", subject)))
