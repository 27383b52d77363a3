"""Events that a transition stored beside the state, until they are in Kafka."""

from collections.abc import Sequence

from router.adapters.redis import keys
from router.adapters.redis.command import COMMANDS
from router.adapters.redis.connection import Connection
from router.core.model.alert import TenantId
from router.core.model.event import Numbered
from router.core.model.instant import Instant
from router.ports.state import EVENTS_AT_ONCE, OutboxEntry


class RedisOutbox:
    """One stream a tenant, emptied by whoever relays it; an event may be relayed twice, never lost."""

    def __init__(self, connection: Connection) -> None:
        self._redis = connection

    async def read(self, tenant: TenantId) -> list[OutboxEntry]:
        """The oldest events."""
        entries = await self._redis.ask(COMMANDS.xrange(keys.tenant_key(tenant, "outbox"), count=EVENTS_AT_ONCE))
        return [OutboxEntry(entry, fields.get("key", tenant), fields["event"]) for entry, fields in entries]

    async def remove(self, tenant: TenantId, entries: Sequence[str]) -> None:
        """Forget events that are in Kafka now."""
        await self._redis.ask(COMMANDS.xdel(keys.tenant_key(tenant, "outbox"), *entries))

    async def waiting(self, tenants: Sequence[TenantId]) -> int:
        """How many events these tenants have that are not in Kafka yet."""
        return sum(await self._redis.ask_all([COMMANDS.xlen(keys.tenant_key(one, "outbox")) for one in tenants]))

    async def last(self, tenant: TenantId) -> Numbered | None:
        """The newest event that there ever was of a tenant; None where there was none, or its data was lost."""
        life, number = await self._redis.ask(
            COMMANDS.hmget(keys.tenant_key(tenant, "size"), ["events_since", "events"])
        )
        return Numbered(Instant(int(life)), int(number)) if life and number else None
