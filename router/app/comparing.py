"""Who compares what Alertmanagers list with what fires here, joined."""

from collections.abc import Mapping

from router.adapters.alertmanager.client import AlertmanagerClient
from router.adapters.redis.comparisons import RedisComparisons
from router.app.compose import Base, inbound_log
from router.app.connections import tenant_secrets
from router.app.options import event_topics
from router.core.model.alert import TenantId
from router.roles.comparing.appending import Appending
from router.roles.comparing.comparing import Asked, Comparing, Stored
from router.roles.ingest.event_topics import EventTopic
from router.roles.ingest.marking import Marking


def build_comparing(base: Base, client: AlertmanagerClient, marking: Marking) -> Comparing:
    """Nobody compares anything where no topic of events has `alerts`, nor in other pools than who reads those."""
    return Comparing(
        base.tenants,
        {} if base.pools.here else receivers_of(event_topics(base.settings)),
        Asked(client, tenant_secrets(base.settings, base.redis, base.environment), base.redis),
        Stored(
            RedisComparisons(base.redis, base.keyring),
            marking,
            Appending(inbound_log(base), base.settings.kafka.inbound_topic),
        ),
        base.metrics,
    )


def receivers_of(topics: Mapping[str, EventTopic]) -> Mapping[TenantId, frozenset[str]]:
    """The receivers in Alertmanager whose alerts are taken from events, by tenant."""
    found: dict[TenantId, frozenset[str]] = {}
    for topic in topics.values():
        for tenant in topic.owners if topic.receiver else ():
            found[tenant] = found.get(tenant, frozenset()) | {topic.receiver}
    return found
