"""Heartbeats joined: who notes them, who judges them, and what tells whether they could have been observed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from router.adapters.kafka.consumer import RecordConsumer
from router.adapters.redis.groups import GroupStore
from router.adapters.redis.heartbeats import RedisHeartbeats, RedisObserving
from router.app.compose import Base, inbound_log
from router.app.localizations import load_localizations
from router.app.pools import topics_by_tenant
from router.core.model.alert import TenantId
from router.core.model.instant import Instant, Span
from router.core.model.rules.names import LANGUAGES
from router.core.model.rules.receiver import Layout
from router.ports.heartbeats import Taker
from router.roles.ingest.progress import ProgressWatch
from router.roles.tenants import ActiveRules
from router.roles.watchdog.beats import Noting
from router.roles.watchdog.open import OpenWatch
from router.roles.watchdog.shown import Shown
from router.roles.watchdog.watchdog import Inbound, Observed, Watchdog
from router.settings import Settings


@dataclass(frozen=True, slots=True)
class HeartbeatParts:
    """What of a worker runs beside the rest."""

    progress: ProgressWatch
    open: OpenWatch
    watchdog: Watchdog


def build_heartbeats(
    base: Base, consumer: RecordConsumer, held: Callable[[Instant], Mapping[TenantId, Instant]]
) -> HeartbeatParts:
    """A worker's part; `held` are the tenants of which it has held records lately, and when last."""
    observing, clock, watched = RedisObserving(base.redis, base.pools.here), base.redis, base.tenants.watched
    progress = ProgressWatch(consumer.progress, watched, held, observing, clock, base.metrics)
    observed = Observed(
        RedisHeartbeats(base.redis), Shown(GroupStore(base.redis, base.keyring)), observing, progress.partitions
    )
    topics = topics_by_tenant(base.settings.kafka, base.pools.of)
    inbound = Inbound(inbound_log(base), topics, _words(base.settings))
    return HeartbeatParts(
        progress=progress,
        open=OpenWatch(Taker.WORKER, progress.fetching, watched, observing, clock),
        watchdog=Watchdog(base.tenants, observed, inbound, clock, base.metrics.problems, base.pools),
    )


def gateway_open(base: Base, tenants: ActiveRules[Any]) -> OpenWatch:
    """A gateway's part."""
    return OpenWatch(Taker.GATEWAY, base.producer.reached, tenants.watched, RedisObserving(base.redis), base.redis)


def noting(base: Base) -> Noting:
    """Where ingest notes heartbeats."""
    return Noting(RedisHeartbeats(base.redis))


def _words(settings: Settings) -> Callable[[Span], Mapping[str, str]]:
    """Written in every language as annotations, so that each receiver is shown its own."""

    @cache
    def words(every: Span) -> Mapping[str, str]:
        localizations = load_localizations(settings)
        found = {language: localizations.localizer(language, "UTC", Layout()) for language in LANGUAGES}
        return {
            f"summary_{language}": str(localizer.line("heartbeat", every=localizer.duration(every)))
            for language, localizer in found.items()
        }

    return words
