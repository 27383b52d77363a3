"""What appends records of tenants with a shard to their partitions, by the settings."""

from dataclasses import dataclass

from router.app.pools import held_topics, inbound_topics
from router.config.stored import shard_size_of
from router.core.model.alert import TenantId
from router.ports.kafka import PartitionedLog
from router.ports.tenants import Tenants
from router.roles.sharded import ShardedLog, SizeOf
from router.settings import KafkaSettings


def sharded_log(kafka: KafkaSettings, records: PartitionedLog, size_of: SizeOf) -> ShardedLog:
    """What appends within shards to the topics of all pools."""
    return ShardedLog(records, size_of, frozenset({*inbound_topics(kafka), *held_topics(kafka)}))


@dataclass(frozen=True, slots=True)
class StoredSizes:
    """Sizes by what is stored of tenants, for one command."""

    stored: Tenants

    async def of(self, tenant: TenantId) -> int | None:
        """See `SizeOf`.

        Raises:
            UnavailableError: Redis does not answer.
        """
        active = await self.stored.active(tenant)
        return None if active is None else shard_size_of(active.text)
