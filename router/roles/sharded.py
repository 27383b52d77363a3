"""Records of a tenant with a shard go to its partitions alone, whichever of us appends them.

That holds for the topics that workers of a pool share, inbound and held. Producers of a tenant's own choose their
partitions themselves.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from router.core.model.alert import TenantId
from router.core.shard import Shard
from router.ports.kafka import TENANT, Headers, PartitionedLog
from router.roles.rules import KnownTenants

SizeOf = Callable[[TenantId], Awaitable[int | None]]
"""How many partitions a tenant's current file wants for it; None: any of all."""


@dataclass(frozen=True, slots=True)
class KnownSizes:
    """Sizes by what is in memory of tenants."""

    tenants: KnownTenants

    async def of(self, tenant: TenantId) -> int | None:
        """See `SizeOf`."""
        return self.tenants.shard_size(tenant)


@dataclass(frozen=True, slots=True)
class ShardedLog:
    """Appends to `shared` topics within the shard of the tenant that a record names; to others as it comes."""

    records: PartitionedLog
    size_of: SizeOf
    shared: frozenset[str]

    async def append(self, topic: str, value: bytes | None, key: bytes | None, headers: Headers) -> None:
        """Append one record; returns when all replicas have it.

        Raises:
            UnavailableError: nobody knows whether it was appended; append it again.
            PayloadError: it can never be appended.
        """
        shard = await self._shard(headers) if topic in self.shared else None
        await self.records.append(topic, value, key, headers, shard)

    async def reached(self) -> bool:
        """Whether Kafka answers now."""
        return await self.records.reached()

    async def _shard(self, headers: Headers) -> Shard | None:
        tenant = TenantId(dict(headers).get(TENANT, b"").decode(errors="replace"))
        size = await self.size_of(tenant) if tenant else None
        return None if size is None else Shard(tenant, size)
