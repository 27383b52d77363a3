"""Events that a transition stored beside the state, until they are in Kafka."""

from collections.abc import Sequence
from typing import Final

from router.adapters.redis import keys
from router.adapters.redis.connection import Connection, translated
from router.core.model.alert import TenantId
from router.ports.state import OutboxEntry

_BATCH: Final = 200


class RedisOutbox:
    """One stream a tenant, emptied by whoever relays it; an event may be relayed twice, never lost."""

    def __init__(self, connection: Connection) -> None:
        self._client = connection.client

    async def read(self, tenant: TenantId) -> list[OutboxEntry]:
        """The oldest events."""
        with translated():
            entries = await self._client.xrange(keys.tenant_key(tenant, "outbox"), count=_BATCH)
        return [OutboxEntry(entry, fields.get("key", tenant), fields["event"]) for entry, fields in entries]

    async def remove(self, tenant: TenantId, entries: Sequence[str]) -> None:
        """Forget events that are in Kafka now."""
        with translated():
            await self._client.xdel(keys.tenant_key(tenant, "outbox"), *entries)
