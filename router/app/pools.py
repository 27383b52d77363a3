"""What pools call their topics and consumer groups, by the settings."""

from collections.abc import Iterator
from dataclasses import dataclass

from router.core.pool import SHARED, Pool, in_pool
from router.ports.kafka import TopicOf
from router.ports.pools import PoolOf
from router.roles.pools import NamedPools
from router.roles.rules import KnownTenants
from router.settings import KafkaSettings, Settings


@dataclass(frozen=True, slots=True)
class PoolNames:
    """Names in Kafka that are one pool's own; `held_group` is the group that reads the held topic."""

    inbound: str
    held: str
    group: str
    held_group: str


def names_in(kafka: KafkaSettings, pool: Pool) -> PoolNames:
    """The names of a pool."""
    group = in_pool(kafka.group_id, pool)
    return PoolNames(in_pool(kafka.inbound_topic, pool), in_pool(kafka.held_topic, pool), group, f"{group}-held")


def pool_here(settings: Settings) -> Pool:
    """The pool that this worker is of."""
    return settings.worker.pool or SHARED


def pools_of(kafka: KafkaSettings) -> Iterator[Pool]:
    """All pools, the shared one first."""
    yield SHARED
    yield from kafka.pools


def inbound_topics(kafka: KafkaSettings) -> tuple[str, ...]:
    """The topics that gateways append to, the shared pool's first."""
    return tuple(names_in(kafka, pool).inbound for pool in pools_of(kafka))


def held_topics(kafka: KafkaSettings) -> tuple[str, ...]:
    """The topics in which records wait for their tenant, the shared pool's first."""
    return tuple(names_in(kafka, pool).held for pool in pools_of(kafka))


def topics_read(settings: Settings) -> tuple[str, ...]:
    """The topics that a worker takes records from: bound ones and those of events are the shared pool's."""
    kafka, pool = settings.kafka, pool_here(settings)
    own = names_in(kafka, pool).inbound
    return (own,) if pool else (own, *kafka.bound_topics, *kafka.event_topics)


def inbound_here(settings: Settings) -> tuple[str, ...]:
    """The topics with alerts that a worker looks for: of the shared pool all, since it puts lost data together."""
    kafka, read = settings.kafka, topics_read(settings)
    return read if pool_here(settings) else tuple(dict.fromkeys([*read, *inbound_topics(kafka)]))


def held_here(settings: Settings) -> tuple[str, ...]:
    """The held topics that a worker looks for: of the shared pool all."""
    pool = pool_here(settings)
    return (names_in(settings.kafka, pool).held,) if pool else held_topics(settings.kafka)


def pool_of(kafka: KafkaSettings, tenants: KnownTenants) -> PoolOf:
    """The pool of each tenant, by what is known of it here."""
    return NamedPools(tenants.named_pool, frozenset(kafka.pools)).of


def topics_by_tenant(kafka: KafkaSettings, pool_of_tenant: PoolOf) -> TopicOf:
    """Where bodies of a tenant are appended."""
    inbound = {pool: names_in(kafka, pool).inbound for pool in pools_of(kafka)}
    return lambda tenant: inbound[pool_of_tenant(tenant)]
