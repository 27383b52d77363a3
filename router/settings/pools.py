"""Pools that the settings name more than once, or nowhere."""

from collections.abc import Iterator
from typing import Final

from router.config.suggestion import guess, quoted
from router.core.pool import in_pool
from router.diagnostic import Diagnostic
from router.settings.sections import KafkaSettings, WorkerSettings

_POOLS: Final = "ALERT_ROUTER_KAFKA__POOLS"


def wrong_pools(kafka: KafkaSettings, worker: WorkerSettings) -> Iterator[Diagnostic]:
    """What contradicts itself: a pool twice, a worker of one that is not there, a topic that is another's already."""
    for pool in sorted({one for one in kafka.pools if kafka.pools.count(one) > 1}):
        yield Diagnostic(f"{quoted(pool)} stands there more than once; each may once", source=_POOLS)
    if worker.pool is not None and worker.pool not in kafka.pools:
        hint = guess(worker.pool, kafka.pools) or f"; add it to {_POOLS} of all roles"
        yield Diagnostic(f"{quoted(worker.pool)} is not among the pools{hint}", source="ALERT_ROUTER_WORKER__POOL")
    named = [kafka.dead_letter_topic, kafka.events_topic, *kafka.bound_topics, *kafka.event_topics]
    for topic in _of_pools(kafka):
        if topic in named:
            yield Diagnostic(f"{quoted(topic)} is a topic of another use; call the pool otherwise", source=_POOLS)


def _of_pools(kafka: KafkaSettings) -> Iterator[str]:
    for pool in kafka.pools:
        yield from (in_pool(one, pool) for one in (kafka.inbound_topic, kafka.held_topic))
